"""What the rules found in what was handed in, by level: what each submission will ask of a verifier.

SOP step 8. Previous hop: `queue/pages.py`, `queue/api.py` and `ready.py`, with the rows that whoever asks may
see. Next hop: the table of revisions. A revision never changes, so each is looked at once in a process.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from fastapi import Request
from sqlalchemy import ARRAY, ColumnElement, Text, any_, func, literal, select

from services.verification import streams
from services.verification.queries import Row, known
from services.verification.tables import revision
from shared.contracts.values import AttachedEvidence, Explanation, Figure
from shared.eventsourcing.sql import Connection, fetch
from shared.spm.catalogue import Catalogue
from shared.spm.meaning.grounds import Submitted
from shared.spm.meaning.handed_in import levels_of
from shared.spm.rules import Level

Levels = Mapping[Level, int]
MOST_KEPT = 5_000


async def levels(conn: Connection, request: Request, cycle: str, rows: Sequence[Row]) -> Mapping[str, Levels]:
    """How many findings of each level, by submission, of what was handed in of a cycle and is not approved:
    two questions where something is new, however much. Raises NotFound for an unknown cycle.
    """
    left = [row for row in rows if row["revision"] and row["status"] != "approved"]
    kept, handed_in = _kept(request), {row["submission"]: _name(row) for row in left}
    new = [name for name in handed_in.values() if name not in kept]
    if new:
        if len(kept) > MOST_KEPT:
            kept.clear()
            new = list(handed_in.values())
        catalogue = await known.catalogue_of(conn, cycle)
        for row in await _revisions(conn, new):
            kept[row["name"]] = _of(row, catalogue)
    return {submission: kept[name] for submission, name in handed_in.items() if name in kept}


async def _revisions(conn: Connection, names: Sequence[str]) -> Sequence[Row]:
    of_streams = [name.partition("@")[0] for name in names]
    name = func.concat(revision.c.stream, "@", revision.c.revision, "@", revision.c.digest)
    asked = revision.c.stream == _one_of(of_streams), name == _one_of(names)
    return await fetch(conn, select(revision, name.label("name")).where(*asked))


def _one_of(texts: Sequence[str]) -> ColumnElement[Any]:
    return any_(literal(list(texts), ARRAY(Text)))


def _name(row: Row) -> str:
    stream = streams.verification(streams.case_of(row["submission"]))
    return f"{stream}@{row['revision']}@{row['digest']}"


def _of(row: Row, catalogue: Catalogue) -> Levels:
    figures = msgspec.convert(row["figures"], dict[str, Figure])
    evidence = msgspec.convert(row["evidence"], tuple[AttachedEvidence, ...])
    said = msgspec.convert(row["explanations"], tuple[Explanation, ...])
    return levels_of(Submitted(catalogue, figures, evidence), said)


def _kept(request: Request) -> dict[str, Levels]:
    state = request.app.state
    if not hasattr(state, "levels"):
        state.levels = {}
    kept: dict[str, Levels] = state.levels
    return kept
