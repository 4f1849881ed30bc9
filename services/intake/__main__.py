"""python -m services.intake {serve,web,worker,migrate,rebuild,fsck}."""

import sys
from pathlib import Path

from services.intake import __doc__ as room_card
from services.intake import agents, api, pages
from services.intake.bootstrap import ROOM
from shared.process import Service, main

SERVICE = Service(
    room=ROOM,
    routers=(api.router, pages.router),
    declare=agents.declare,
    templates=Path(__file__).with_name("templates"),
    description=room_card or "",
)

if __name__ == "__main__":
    sys.exit(main(SERVICE))
