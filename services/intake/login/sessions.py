"""Ending sessions, for JSON and pages alike: own ones, and somebody else's, which is logged with who did it.

Serves every SOP step. Previous hop: `login/session_api.py` and `login/session_pages.py`. Next hop: the
database of sessions.
"""

from uuid import UUID

import structlog
from fastapi import Request

from shared.web.running import running_of
from shared.web.visitor import viewer_of

log = structlog.get_logger()


async def end_own(request: Request, one: UUID | None = None, *, kept: str = "") -> int:
    """Ends one session of whoever asks, or all but the one of the id `kept`. Raises AccessAway."""
    return await running_of(request).sessions.end_of(viewer_of(request).person, one, kept=kept)


async def end_somebodys(request: Request, person: str, one: UUID | None = None) -> int:
    """Ends one session of a person, or all. Raises AccessAway."""
    ended = await running_of(request).sessions.end_of(person, one)
    log.info("sessions-ended", person=person, by=viewer_of(request).person, ended=ended)
    return ended
