"""A room in miniature behind the real rim: one command, one query, one page,
on the tables of `tests.support.kernel`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, FastAPI, Form, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import MetaData, select

from deploy.local.postgres.databases import Database
from shared.access.permissions import Permissions
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.known_cases import KnownCases
from shared.eventsourcing.sql import fetch
from shared.room import Room
from shared.service import Service
from shared.web import signin
from shared.web.acting import Act, CommandAnswer, Look
from shared.web.declared import does, reads
from shared.web.frame.rendering import render, see_other, typed
from shared.web.problems.fields import refused
from tests.support.applications import application, people_of
from tests.support.kernel import TALLY, order, project, tally

SECRET = "s" * 40
COUNT, COUNT_BY_BUTTON = Path(__file__).with_name("count"), Path(__file__).with_name("count_by_button")
WORDS = {"step": "Tambah"}.get
PEOPLE = people_of(
    "sri: Sri Lestari, unsur_opd, dinkes",
    "agus: Agus <b>, unsur_opd, dinsos",
    "budi: Budi Santosa, kabag, tapem",
    "operator: Op, operator, tapem",
    "lama: Pensiun, kabag, tapem, 2025-12-31",
)
PERMISSIONS = Permissions(
    commands={
        "intake.Count": {"unsur_opd": "own_agency"},
        "intake.RetryParked": {"operator": "all"},
        "intake.DismissAlarm": {"operator": "all"},
    },
    queries={
        "intake.tally": {"unsur_opd": "own_agency", "kabag": "all"},
        "intake.parked": {"operator": "all"},
        "intake.feed": {"kabag": "all"},
        "intake.board": {"unsur_opd": "own_agency"},
    },
)

router = APIRouter()


class CountIn(BaseModel):
    step: int = Field(le=1000)


class Counted(BaseModel):
    served: int
    reach: list[str] | None


@router.post("/api/intake/tally/{agency}", dependencies=[does("intake.Count")])
async def count(agency: str, body: CountIn, act: Act) -> CommandAnswer:
    return await act(order(body.step), agency=agency)


@router.get("/api/intake/tally", dependencies=[reads("intake.tally")])
async def counted(look: Look) -> Counted:
    async with look.conn() as conn:
        rows = await fetch(conn, select(TALLY))
    look.version("tally-1", 1)
    return Counted(
        served=rows[0]["served"] if rows else 0,
        reach=None if look.viewer.reach is None else sorted(look.viewer.reach),
    )


@router.get("/hitung", dependencies=[reads("intake.tally")])
async def page(request: Request, look: Look) -> Response:
    async with look.conn() as conn:
        rows = await fetch(conn, select(TALLY))
    return render(request, "count.html", served=rows[0]["served"] if rows else 0, step="")


@router.post("/hitung", dependencies=[does("intake.Count")])
async def count_form(request: Request, act: Act, step: Annotated[int, Form()]) -> Response:
    try:
        await act(order(step), agency=act.viewer.agency)
    except Refused as refusal:
        form = typed(await request.form())
        return render(
            request,
            "count.html",
            status_code=422,
            errors=refused(refusal).errors,
            served=0,
            step=form["step"],
        )
    return see_other(request, "/hitung", "Tersimpan.")


@router.get("/api/intake/undeclared")
async def undeclared(look: Look) -> None:
    return None


@router.get("/api/intake/broken", dependencies=[reads("intake.tally")])
async def broken() -> None:
    raise ZeroDivisionError(SECRET)


def room() -> Room:
    return Room(
        name="intake",
        categories={"tally": tally},
        reacts=frozenset({("verification", "submission-returned")}),
        react=lambda _recorded: (),
        project=lambda recorded, _first: project(recorded),
        metadata=MetaData(),
    )


@asynccontextmanager
async def running_app(database: Database, templates: Path = COUNT) -> AsyncIterator[FastAPI]:
    """The application on a database made by `install`."""
    miniature = Service(
        room=room(),
        routers=[signin.api, signin.pages, router],
        declare=lambda _app, _consumer: None,
        templates=[templates],
        words=WORDS,
    )
    async with application(miniature, database, people=PEOPLE) as app:
        app.state.running.permissions = PERMISSIONS
        app.state.running.handler._known = KnownCases(None)  # there are no cycles: every one exists
        del app.state.objects
        yield app
