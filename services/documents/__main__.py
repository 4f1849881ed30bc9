"""python -m services.documents {serve,web,worker,migrate,rebuild,fsck,compare}."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

from services.documents import __doc__ as room_card
from services.documents import agents
from services.documents.bootstrap import ROOM
from services.documents.dispatch import api as dispatch_api
from services.documents.dispatch import pages as dispatch_pages
from services.documents.papers import api as papers_api
from services.documents.papers import correction_pages, editor_pages
from services.documents.papers import pages as papers_pages
from services.documents.papers.forms import field_word
from services.documents.province import api as province_api
from services.documents.province import pages as province_pages
from services.documents.regions import PLACES
from shared.messaging.receiving.transaction import Reaction
from shared.process import main
from shared.room import Running
from shared.service import Service
from shared.web.frame.templating import folders_of


@asynccontextmanager
async def extras(_app: FastAPI, running: Running, _working: bool) -> AsyncIterator[Reaction | None]:
    """Where the letters of regions lie, before anything is asked or taken in."""
    PLACES.tell(running.settings.letters)
    yield None


SERVICE = Service(
    room=ROOM,
    routers=(
        papers_api.router,
        dispatch_api.router,
        province_api.router,
        papers_pages.router,
        editor_pages.router,
        correction_pages.router,
        dispatch_pages.router,
        province_pages.router,
    ),
    declare=agents.declare,
    templates=folders_of(Path(__file__).parent),
    description=room_card or "",
    extras=extras,
    words=field_word,
)

if __name__ == "__main__":
    sys.exit(main(SERVICE))
