"""What may be approved several at once: submissions that wait and about which nobody has anything left to
ask.

SOP step 8. Previous hop: `queue/pages.py`. Next hop: the tables that `projections.py` fills, and `found.py`,
which knows of each revision whether a number lacks its evidence (R07, what stops an approval).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import ColumnElement, select

from services.verification.checking.queries import OF_CASE, OF_NOW, TrailEntry
from services.verification.checking.talk import accepted_of, threads_of
from services.verification.queries import Row
from services.verification.queue.found import levels
from services.verification.tables import revision, trail, verification
from shared.access.permissions import Viewer
from shared.contracts.values import Explanation
from shared.eventsourcing.sql import Connection, fetch
from shared.web.acting import Looking


async def ready(conn: Connection, look: Looking, of_cycle: str) -> Sequence[Row]:
    """What whoever looks may approve without another look, in the order of the queue: every number has its
    evidence, no thread is open, and Tim SPM accepts each figure in which a rule found something; filled in by
    others. At most four questions, however many wait. What was decided between them is left out.
    """
    cases = [
        case
        for case in await _waiting(conn, look.viewer, of_cycle)
        if look.person not in case["contributors"]
    ]
    trails = await _trails(conn, look.viewer, of_cycle)
    settled = [case for case in cases if _is_settled(case, trails.get(case["stream"], ()))]
    found = await levels(conn, look.request, of_cycle, settled) if settled else {}
    bare = {submission for submission, many in found.items() if many["block"]}
    return [case for case in settled if case["submission"] in found.keys() - bare]


async def _waiting(conn: Connection, viewer: Viewer, of_cycle: str) -> Sequence[Row]:
    cases = select(verification, revision.c.explanations).join(revision, OF_NOW)
    queued = verification.c.handed_in_on, verification.c.agency_name
    return await fetch(conn, cases.where(*_asked(viewer, of_cycle)).order_by(*queued))


async def _trails(conn: Connection, viewer: Viewer, of_cycle: str) -> dict[str, tuple[TrailEntry, ...]]:
    entries = select(trail).join(verification, OF_CASE).where(*_asked(viewer, of_cycle))
    said = defaultdict[str, list[Row]](list)
    for entry in await fetch(conn, entries.order_by(trail.c.stream, trail.c.version)):
        said[entry["stream"]].append(entry)
    return {stream: msgspec.convert(rows, tuple[TrailEntry, ...]) for stream, rows in said.items()}


def _asked(viewer: Viewer, of_cycle: str) -> Iterable[ColumnElement[bool]]:
    return (
        verification.c.cycle == of_cycle,
        verification.c.status == "waiting",
        viewer.sees(verification.c.agency),
    )


def _is_settled(case: Row, of_it: Sequence[TrailEntry]) -> bool:
    """Whether no thread is open, and what a rule found is accepted. Without a trail it was decided since."""
    explained = msgspec.convert(case["explanations"], tuple[Explanation, ...])
    found = {said.service for said in explained} - accepted_of(of_it)
    return bool(of_it) and not found and not any(thread.open for thread in threads_of(of_it))
