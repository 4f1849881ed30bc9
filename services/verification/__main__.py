"""python -m services.verification {serve,web,worker,migrate,rebuild,fsck,compare}."""

import sys
from pathlib import Path

from services.verification import __doc__ as room_card
from services.verification import agents
from services.verification.bootstrap import ROOM
from services.verification.checking import api as checking_api
from services.verification.checking import evidence_pages, talk_pages
from services.verification.checking import pages as checking_pages
from services.verification.endorsing import api as endorsing_api
from services.verification.endorsing import pages as endorsing_pages
from services.verification.queue import api as queue_api
from services.verification.queue import pages as queue_pages
from services.verification.sharing import api as sharing_api
from services.verification.sharing import pages as sharing_pages
from shared.process import main
from shared.service import Service
from shared.web.frame.templating import folders_of

SERVICE = Service(
    room=ROOM,
    routers=(
        queue_api.router,
        checking_api.router,
        endorsing_api.router,
        sharing_api.router,
        sharing_pages.router,
        queue_pages.router,
        checking_pages.router,
        evidence_pages.router,
        talk_pages.router,
        endorsing_pages.router,
    ),
    declare=agents.declare,
    templates=folders_of(Path(__file__).parent),
    description=room_card or "",
)

if __name__ == "__main__":
    sys.exit(main(SERVICE))
