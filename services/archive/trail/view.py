"""What the pages of the trail show: events in words, how late each was, what differs at them,
and what was signed.

Every SOP step. Previous hop: `trail/pages.py`. Next hop: `trail/queries.py`,
the words of `trail/event_words.py`, the templates.
"""

from collections.abc import Callable
from typing import Any

from services.archive import streams
from services.archive.check import differences
from services.archive.log import checkpoints
from services.archive.log import queries as log
from services.archive.log.queries import Row
from services.archive.log.regions import named_region, seen_by
from services.archive.log.signing import signing_of
from services.archive.trail import queries, sought
from services.archive.trail.changed import changed
from services.archive.trail.event_words import facts, in_short, words_of
from services.archive.trail.lateness import lateness
from services.archive.trail.sought import Sought
from shared.access.people import People
from shared.web.acting import Looking
from shared.web.problems.shape import NotFound
from shared.web.regions import people_in_sight

AUDIT = "archive.audit"
ON_A_PAGE = 25
KEPT_SHOWN = 12


async def trail(look: Looking, asked: Sought, below: int | None) -> dict[str, Any]:
    """A page of the trail below an index, the newest first."""
    async with look.conn() as conn:
        seen, edge = await seen_by(conn, look, AUDIT), await log.edge(conn)
        words = await sought.searched(conn, asked, look.request)
        rows = await queries.trail(
            conn, seen, search=words, stream=asked.alur, below=below, limit=ON_A_PAGE + 1
        )
        late = await lateness(conn, rows, look.running.settings.region)
        before = await queries.set_before(conn, seen, rows[:ON_A_PAGE])
        newest = await checkpoints.latest(conn)
        kept = await checkpoints.before(conn, newest.size, KEPT_SHOWN) if newest else []
        counts = await log.count_of_sources(conn)
        differing, walks = await differences.listed(conn, seen), await differences.progress(conn)
    return {
        "whole": seen.whole,
        "rows": rows[:ON_A_PAGE],
        "late": late,
        "more": rows[ON_A_PAGE - 1]["index"] if len(rows) > ON_A_PAGE else None,
        **sought.form_of(asked, look.request),
        "size": edge.size,
        "newest": newest,
        "kept": kept,
        "counts": counts,
        "key": signing_of(look.request).key,
        "words_of": words_of,
        "in_short": in_short,
        "changed": lambda row, people: changed(row, before.get(row["index"], {}), people),
        "people_of": people_of(look),
        "may_export": look.may("archive.export"),
        "may_ask": look.may("archive.questions"),
        "may_certificate": look.may("archive.certificate"),
        "walks": walks,
        **_differing(look, differing),
    }


async def event(look: Looking, index: int) -> dict[str, Any]:
    """One event with its cause; of a line that is gone only what is known of that.
    Raises NotFound for one that this person may not see.
    """
    async with look.conn() as conn:
        seen = await seen_by(conn, look, AUDIT)
        row = await log.one_leaf(conn, seen, index)
        shown = seen.viewer.reach is None or row is not None
        differing = await differences.of_leaf(conn, seen, index) if shown else []
        if row is None and not differing:
            raise NotFound
        if row is None:
            return {"index": index, **_differing(look, differing)}
        cause = row["event"]["metadata"].get("causation")
        cause_at = (
            await log.index_of(conn, seen, cause["source"], cause["stream"], cause["version"])
            if cause
            else None
        )
        signed = await checkpoints.latest(conn)
        late = await lateness(conn, [row], look.running.settings.region)
        before = (await queries.set_before(conn, seen, [row])).get(index, {})
    people = people_of(look)(row)
    return {
        "row": row,
        "late": late.words(row),
        "facts": list(facts(row["event"]["data"], people)),
        "changed": changed(row, before, people),
        "before": sorted({one["index"] for one in before.values()}),
        "cause": cause if cause_at is not None or seen.whole else None,
        "cause_at": cause_at,
        "signed": signed if signed and signed.size > index else None,
        "life": streams.life_of(row["stream"], row["event"]["data"]),
        "words_of": words_of,
        "people": people,
        **_differing(look, differing),
    }


def people_of(look: Looking) -> Callable[[Row], People]:
    """Who the people and agencies of a line are: those of its region, where it is of one."""
    people, first = look.running.people, look.running.settings.region
    in_sight = people_in_sight(look.request)

    def of(row: Row) -> People:
        region = named_region(row["stream"], first)
        return people.of(region) if region in people.regions else in_sight

    return of


def _differing(look: Looking, differing: list[dict[str, Any]]) -> dict[str, Any]:
    """What differs, in words, and why nothing is signed at this moment."""
    return {"differing": differing, "kinds": differences.KINDS, "refused": signing_of(look.request).refused}
