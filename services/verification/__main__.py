"""python -m services.verification {serve,web,worker,migrate,rebuild,fsck}."""

import sys
from pathlib import Path

from services.verification import __doc__ as room_card
from services.verification import agents
from services.verification.bootstrap import ROOM
from services.verification.checking import api, pages
from services.verification.endorsing import pages as endorsement_pages
from shared.process import Service, main
from shared.web.frame.rendering import folders_of

SERVICE = Service(
    room=ROOM,
    routers=(api.router, pages.router, endorsement_pages.router),
    declare=agents.declare,
    templates=folders_of(Path(__file__).parent),
    description=room_card or "",
)

if __name__ == "__main__":
    sys.exit(main(SERVICE))
