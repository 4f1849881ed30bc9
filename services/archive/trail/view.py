"""What the pages of the trail show: events in words, how late each was, what differs at them,
and what was signed.

Every SOP step. Previous hop: `trail/pages.py`. Next hop: `trail/queries.py`,
the words of `trail/event_words.py`, the templates.
"""

from typing import Any

from services.archive.check import differences
from services.archive.log import checkpoints
from services.archive.log import queries as log
from services.archive.log.signing import signing_of
from services.archive.trail import queries
from services.archive.trail.event_words import facts, in_short, words_of
from services.archive.trail.lateness import lateness
from services.archive.trail.searching import search_for
from shared.web.acting import Looking
from shared.web.problems.shape import NotFound

ON_A_PAGE = 25
KEPT_SHOWN = 12


async def trail(look: Looking, search: str, stream: str, below: int | None) -> dict[str, Any]:
    """A page of the trail below an index, the newest first."""
    people = look.running.people
    async with look.conn() as conn:
        edge = await log.edge(conn)
        words = await search_for(conn, search, people)
        rows = await queries.trail(
            conn, look.viewer, search=words, stream=stream, below=below, limit=ON_A_PAGE + 1
        )
        late = await lateness(conn, rows)
        newest = await checkpoints.latest(conn)
        kept = await checkpoints.before(conn, newest.size, KEPT_SHOWN) if newest else []
        counts = await log.count_of_sources(conn)
        differing, walks = await differences.listed(conn), await differences.progress(conn)
    return {
        "rows": rows[:ON_A_PAGE],
        "late": late,
        "more": rows[ON_A_PAGE - 1]["index"] if len(rows) > ON_A_PAGE else None,
        "search": search,
        "stream": stream,
        "size": edge.size,
        "newest": newest,
        "kept": kept,
        "counts": counts,
        "key": signing_of(look.request).key,
        "words_of": words_of,
        "in_short": in_short,
        "people": people,
        "may_export": look.may("archive.export"),
        "walks": walks,
        **_differing(look, differing),
    }


async def event(look: Looking, index: int) -> dict[str, Any]:
    """One event with its cause; of a line that is gone only what is known of that.
    Raises NotFound for one that this person may not see.
    """
    async with look.conn() as conn:
        row = await log.one_leaf(conn, look.viewer, index)
        differing = (
            await differences.of_leaf(conn, index) if look.viewer.reach is None or row is not None else []
        )
        if row is None and not differing:
            raise NotFound
        if row is None:
            return {"index": index, **_differing(look, differing)}
        cause = row["event"]["metadata"].get("causation")
        cause_at = (
            await log.index_of(conn, look.viewer, cause["source"], cause["stream"], cause["version"])
            if cause
            else None
        )
        signed = await checkpoints.latest(conn)
        late = await lateness(conn, [row])
    return {
        "row": row,
        "late": late.words(row),
        "facts": list(facts(row["event"]["data"], look.running.people)),
        "cause": cause,
        "cause_at": cause_at,
        "signed": signed if signed and signed.size > index else None,
        "words_of": words_of,
        "people": look.running.people,
        **_differing(look, differing),
    }


def _differing(look: Looking, differing: list[dict[str, Any]]) -> dict[str, Any]:
    """What differs, in words, and why nothing is signed at this moment."""
    return {"differing": differing, "kinds": differences.KINDS, "refused": signing_of(look.request).refused}
