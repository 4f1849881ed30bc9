"""python -m services.documents {serve,web,worker,migrate,rebuild,fsck}."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.documents import __doc__ as room_card
from services.documents import agents, api, dispatch_api, dispatch_pages, pages
from services.documents.bootstrap import ROOM, TEMPLATES
from services.documents.previews import Works
from services.documents.render import TypstRenderer
from shared.messaging.taking import Reaction
from shared.process import Service, main
from shared.room import Running


@asynccontextmanager
async def typesetter(app: FastAPI, _running: Running, _working: bool) -> AsyncIterator[Reaction | None]:
    """What documents opens besides its room: the typesetter."""
    app.state.works = Works(TypstRenderer())
    yield None


SERVICE = Service(
    room=ROOM,
    routers=(api.router, dispatch_api.router, pages.router, dispatch_pages.router),
    declare=agents.declare,
    templates=TEMPLATES,
    description=room_card or "",
    beside=typesetter,
)

if __name__ == "__main__":
    sys.exit(main(SERVICE))
