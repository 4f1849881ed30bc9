"""What may be approved several at once: submissions that wait and about which nobody has anything left to
ask.

SOP step 8. Previous hop: `checking/queue_pages.py`. Next hop: the tables that `projections.py` fills. Figures
and evidence, which are large, are read once: what was handed in as a revision never changes.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import ARRAY, ColumnElement, Text, any_, literal, select

from services.verification.checking.queries import OF_CASE, OF_NOW, TrailEntry
from services.verification.checking.talk import accepted_of, threads_of
from services.verification.queries import Row
from services.verification.tables import revision, trail, verification
from shared.access.permissions import Viewer
from shared.contracts.values import AttachedEvidence, Explanation, Figure
from shared.eventsourcing.sql import Connection, fetch
from shared.spm.evidence import unsupported
from shared.web.acting import Looking

HandedIn = tuple[str, int, str]
"""A revision by its stream, number and digest."""
Supported = dict[HandedIn, bool]
"""Whether every number of a revision has its evidence (R07): kept by a process."""
MOST_KEPT = 5_000


async def ready(conn: Connection, look: Looking, of_cycle: str) -> Sequence[Row]:
    """What whoever looks may approve without another look, in the order of the queue: every number has its
    evidence, no thread is open, and Tim SPM accepts each figure in which a rule found something; filled in by
    others. At most three questions, however many wait. What was decided between them is left out.
    """
    cases = [
        case
        for case in await _waiting(conn, look.viewer, of_cycle)
        if look.person not in case["contributors"]
    ]
    trails = await _trails(conn, look.viewer, of_cycle)
    settled = [case for case in cases if _is_settled(case, trails.get(case["stream"], ()))]
    kept = _kept(look)
    await _look_at_evidence(conn, [case for case in settled if _of(case) not in kept], kept)
    return [case for case in settled if kept.get(_of(case))]


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


async def _look_at_evidence(conn: Connection, cases: Sequence[Row], kept: Supported) -> None:
    """Says in `kept` of each whether every number has its evidence."""
    if not cases:
        return
    streams = literal([case["stream"] for case in cases], ARRAY(Text))
    handed_in = select(revision).join(verification, OF_NOW).where(revision.c.stream == any_(streams))
    for row in await fetch(conn, handed_in):
        figures = msgspec.convert(row["figures"], dict[str, Figure])
        evidence = msgspec.convert(row["evidence"], tuple[AttachedEvidence, ...])
        kept[_of(row)] = not unsupported(figures, evidence)


def _of(row: Row) -> HandedIn:
    return row["stream"], row["revision"], row["digest"]


def _kept(look: Looking) -> Supported:
    state = look.request.app.state
    if not hasattr(state, "supported"):
        state.supported = {}
    kept: Supported = state.supported
    if len(kept) > MOST_KEPT:
        kept.clear()
    return kept
