"""A room in miniature behind the real rim: one command, one query, one page,
on the tables of `tests.support.kernel`.
"""

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any, cast

import httpx2
from fastapi import APIRouter, FastAPI, Form, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import MetaData, select

from deploy.local.postgres.databases import Database
from shared.access import people as people_file
from shared.access.permissions import Permissions
from shared.access.session import COOKIE
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.sql import fetch
from shared.room import Room, Running
from shared.settings import Settings
from shared.web import signin
from shared.web.acting import Act, CommandAnswer, Look
from shared.web.declared import does, reads
from shared.web.frame.rendering import render, see_other, typed
from shared.web.problems.fields import refused
from tests.support.access import sessions_of, token_of
from tests.support.applications import application
from tests.support.kernel import TALLY, kernel, order, project, tally

SECRET, FEED_SECRET = "s" * 40, "f" * 40
ASKERS = {"verification": hashlib.sha256(FEED_SECRET.encode()).digest()}
NOW = datetime(2026, 2, 17, 3, 42, 7, tzinfo=UTC)
HERE = "http://jejak.test"
COUNT, COUNT_BY_BUTTON = Path(__file__).with_name("count"), Path(__file__).with_name("count_by_button")
WORDS = {"step": "Tambah"}.get

PEOPLE = people_file.parse(
    {
        "agencies": {"dinkes": "Dinas Kesehatan", "dinsos": "Dinas Sosial",
            "tapem": "Bagian Tata Pemerintahan"},
        "person": [
            {"id": "sri", "name": "Sri Lestari", "agency": "dinkes",
                "office": [{"role": "unsur_opd", "valid_from": date(2025, 1, 1)}]},
            {"id": "agus", "name": "Agus <b>", "agency": "dinsos",
                "office": [{"role": "unsur_opd", "valid_from": date(2025, 1, 1)}]},
            {"id": "budi", "name": "Budi Santosa", "agency": "tapem",
                "office": [{"role": "kabag", "valid_from": date(2025, 1, 1)}]},
            {"id": "operator", "name": "Op", "agency": "tapem",
                "office": [{"role": "operator", "valid_from": date(2025, 1, 1)}]},
            {
                "id": "lama", "name": "Pensiun", "agency": "tapem",
                "office": [{"role": "kabag", "valid_from": date(2020, 1, 1),
                    "valid_until": date(2025, 12, 31)}],
            },
        ],
    }
)  # fmt: skip
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


@dataclass
class Browser:
    """Somebody in front of the room, by cookie;
    `token()` is the form token of the page that was seen last.
    """

    http: httpx2.AsyncClient

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        return await self.http.get(path, headers=headers)

    async def fields(self, path: str) -> dict[str, str]:
        """The hidden fields of the form on a page."""
        import re

        text = (await self.http.get(path)).text
        form = text[text.index("<main") :]
        return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form))

    async def post(self, path: str, data: dict[str, str], **headers: str) -> httpx2.Response:
        return await self.http.post(path, data=data, headers=headers)


def bearer(person: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token_of(person)}"}


def room() -> Room:
    return Room(
        name="intake",
        categories={"tally": tally},
        reacts=frozenset({("verification", "submission-returned")}),
        react=lambda _recorded: cast("Sequence[Any]", ()),
        project=project,
        metadata=MetaData(),
    )


@asynccontextmanager
async def running_app(database: Database, templates: Path = COUNT) -> AsyncIterator[FastAPI]:
    """The application on a database made by `install`."""
    app = application("intake", [signin.api, signin.pages, router], [templates], WORDS)
    settings = cast(
        "Settings",
        SimpleNamespace(
            feed_askers=ASKERS, public_url=HERE, hosts=(), mode="development", login="development"
        ),
    )
    async with kernel(database) as (pool, handler), sessions_of("intake") as sessions:
        app.state.running = Running(
            room=room(),
            settings=settings,
            pool=pool,
            roster=lambda: PEOPLE,
            sessions=sessions,
            permissions=PERMISSIONS,
            handler=handler,
        )
        app.state.clock = lambda: NOW
        yield app


@asynccontextmanager
async def visiting(app: FastAPI, person: str | None = None) -> AsyncIterator[Browser]:
    """A browser in front of the application, signed in as `person`."""
    cookies = {COOKIE: token_of(person)} if person else {}
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=HERE, cookies=cookies) as http:
        yield Browser(http)
