"""python -m services.intake {serve,web,worker,migrate,rebuild,fsck,compare}."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import APIRouter, FastAPI

from services.intake import __doc__ as room_card
from services.intake import agents
from services.intake.account import api as account_api
from services.intake.account import door_pages, own_pages
from services.intake.account import pages as account_pages
from services.intake.board import api as board_api
from services.intake.board import measured as steps_of_regions
from services.intake.board import pages as board_pages
from services.intake.bootstrap import ROOM
from services.intake.catalogue import pages as catalogue_pages
from services.intake.cycle import api as cycle_api
from services.intake.cycle import pages as cycle_pages
from services.intake.findings import api as findings_api
from services.intake.findings import pages as findings_pages
from services.intake.login import api as login_api
from services.intake.login import (
    asked_again,
    live,
    opening,
    provider_pages,
    provider_said,
    session_api,
    session_pages,
)
from services.intake.login import pages as login_pages
from services.intake.people import api as people_api
from services.intake.people import pages as people_pages
from services.intake.people import publishing
from services.intake.replay import api as replay_api
from services.intake.replay import pages as replay_pages
from services.intake.rules import api as rules_api
from services.intake.rules import pages as rules_pages
from services.intake.settings import api as settings_api
from services.intake.settings import pages as settings_pages
from services.intake.step import api as step_api
from services.intake.step import pages as step_pages
from services.intake.submission import api as submission_api
from services.intake.submission import pages as submission_pages
from services.intake.token import api as token_api
from services.intake.token import pages as token_pages
from services.intake.token import sweeping
from shared.messaging.receiving.transaction import Reaction
from shared.process import main
from shared.room import Running
from shared.service import Service
from shared.web import signin
from shared.web.frame.templating import folders_of

API = APIRouter(prefix="/api/intake", tags=["intake"])
PAGES = APIRouter(include_in_schema=False)
for door in (
    cycle_api,
    board_api,
    replay_api,
    step_api,
    submission_api,
    settings_api,
    rules_api,
    findings_api,
    people_api,
    login_api,
    session_api,
    account_api,
    token_api,
):
    API.include_router(door.router)
for door in (
    cycle_pages,
    board_pages,
    replay_pages,
    step_pages,
    submission_pages,
    settings_pages,
    rules_pages,
    catalogue_pages,
    people_pages,
):
    PAGES.include_router(door.router)  # those of cycles first: `/siklus/buka` is no cycle
for door in (
    findings_pages,
    account_pages,
    own_pages,
    door_pages,
    login_pages,
    provider_pages,
    provider_said,
    session_pages,
    token_pages,
):
    PAGES.include_router(door.router)


@asynccontextmanager
async def extras(app: FastAPI, running: Running, works: bool) -> AsyncIterator[Reaction | None]:
    """The identity providers, who came in by them, the people for all services, and tokens that are over."""
    app.state.measuring = (live.measured(running), steps_of_regions.measured)
    async with (
        opening.providers(app, running),
        asked_again.asking_again(app, running, works),
        sweeping.extras(running, works),
        publishing.extras(app, running, works) as reaction,
    ):
        yield reaction


SERVICE = Service(
    room=ROOM,
    routers=(API, PAGES, signin.api, signin.pages),
    declare=agents.declare,
    templates=folders_of(Path(__file__).parent),
    description=room_card or "",
    extras=extras,
)

if __name__ == "__main__":
    sys.exit(main(SERVICE))
