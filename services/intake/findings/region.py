"""What the rules find in all submissions of a cycle at once, with what was said to it and who looks after it.

SOP step 8. Previous hop: `findings/pages.py` and `findings/api.py`. Next hop: the read models. The rules are
asked anew only for submissions that something was written in, or whose thresholds or populations are others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from msgspec import convert
from sqlalchemy import select

from services.intake import queries, streams
from services.intake.domain.submission_state import Explained, explained, place_of
from services.intake.findings.anew import Asked, found_anew, held_against
from services.intake.findings.beside import among, handed_in
from services.intake.findings.queries import populations_of, settings_of, thresholds_for
from services.intake.queries import Row
from services.intake.rule_rows import finding_act
from services.intake.sheet_rows import explanation
from services.intake.tables import submission
from shared.access.permissions import Viewer
from shared.contracts.values import Explanation
from shared.eventsourcing.sql import Connection, fetch
from shared.spm.meaning.judging import LEVELS
from shared.spm.meaning.named import Named
from shared.web.problems.shape import NotFound

Judged = dict[str, tuple[object, tuple["Listed", ...]]]
"""What was found in a submission, by what it was found in: kept by a process as long as that is the same."""
MOST_KEPT = 5_000


@dataclass(frozen=True, slots=True)
class Listed:
    """A finding in its submission, what the agency said to it, who looks after it and how it ended; empty
    where nothing was said. `place`: where it stands in the list, by level, submission, and what stands first
    in that.
    """

    of: Row
    named: Named
    place: tuple[int, str, int]
    said: Explanation | None = None
    assignee: str = ""
    resolved: str = ""
    resolved_by: str = ""

    @property
    def case(self) -> str:
        return streams.case_of(self.of["submission"])


async def listed(
    conn: Connection, viewer: Viewer, cycle: str, today: date, kept: Judged, only: str = ""
) -> list[Listed]:
    """All findings of a cycle that the viewer may see, those that stop first; `only`: of one submission.
    Raises NotFound for an unknown cycle, and for one submission that the viewer may not see.
    """
    now = await _submissions(conn, viewer, cycle, only)
    if only and not now:
        raise NotFound
    found = await _judged(conn, now, cycle, today, kept)
    said, acts = await _explained(conn, now), await _acts(conn, now)
    by_level: tuple[list[Listed], ...] = tuple([] for _level in LEVELS)
    for row in now:
        name = row["submission"]
        for one in found[name]:
            spoken = name in said or name in acts
            shown = _with(one, said.get(name, {}), acts.get(name, {})) if spoken else one
            by_level[one.place[0]].append(as_seen(shown, viewer))
    return [one for of_level in by_level for one in of_level]


def as_seen(one: Listed, viewer: Viewer) -> Listed:
    """Without the figures of agencies that the viewer may not see."""
    finding = one.named.finding
    left = tuple(theirs for theirs in finding.elsewhere if viewer.may_see(theirs.agency))
    if left == finding.elsewhere:
        return one
    return replace(one, named=replace(one.named, finding=replace(finding, elsewhere=left)))


def _with(one: Listed, said: Explained, acts: Mapping[str, Row]) -> Listed:
    """With what was said to it and done about it."""
    answer = explained(one.named.finding, said) if place_of(one.named.finding) in said else None
    act: Row = acts.get(one.named.id, {})
    done: dict[str, Any] = {name: act.get(column) or "" for name, column in _DONE.items()}
    return replace(one, said=answer, **done) if answer or act else one


_DONE = {"assignee": "assignee", "resolved": "text", "resolved_by": "resolved_by"}


async def _submissions(conn: Connection, viewer: Viewer, cycle: str, only: str) -> Sequence[Row]:
    wanted = select(submission).where(submission.c.cycle == cycle, viewer.sees(submission.c.agency))
    if only:
        wanted = wanted.where(submission.c.submission == streams.submission(only))
    return await fetch(conn, wanted.order_by(submission.c.submission).limit(1000))


async def _judged(
    conn: Connection, now: Sequence[Row], cycle: str, today: date, kept: Judged
) -> Mapping[str, tuple[Listed, ...]]:
    settings = await settings_of(conn, streams.region_of(cycle))
    lying = await handed_in(conn, cycle)
    asked = Asked(
        await queries.catalogue_of(conn, cycle),
        {row["submission"]: thresholds_for(row, settings, today) for row in now},
        await populations_of(conn, cycle),
        lying,
    )
    counted = tuple(sorted(asked.populations.items()))
    versions = await _versions_before(conn, now)
    beside = tuple((row["service"], row["agency"], row["period"], row["version"]) for row in lying)
    keys = {
        row["submission"]: (
            row["version"],
            [versions.get(name, 0) for name in held_against(row["submission"])],
            asked.thresholds[row["submission"]].version,
            counted,
            beside,
        )
        for row in now
    }
    stale = [name for name, key in keys.items() if name not in kept or kept[name][0] != key]
    if stale:
        if len(kept) > MOST_KEPT:
            kept.clear()
        rows = {row["submission"]: row for row in now}
        for name, found in (await found_anew(conn, stale, asked)).items():
            plain = (Listed(rows[name], one, (one.place[0], name, one.place[1])) for one in found)
            kept[name] = (keys[name], tuple(plain))
    return {name: kept[name][1] for name in keys}


async def _versions_before(conn: Connection, now: Iterable[Row]) -> Mapping[str, int]:
    names = [name for row in now for name in held_against(row["submission"])]
    rows = await fetch(conn, select(submission).where(among(submission.c.submission, names)))
    return {row["submission"]: row["version"] for row in rows}


async def _explained(conn: Connection, now: Sequence[Row]) -> Mapping[str, Explained]:
    names = [row["submission"] for row in now]
    found: dict[str, dict[tuple[str, str, str], Explanation]] = {}
    for row in await fetch(conn, select(explanation).where(among(explanation.c.submission, names))):
        one = convert({**row}, Explanation)
        found.setdefault(row["submission"], {})[place_of(one)] = one
    return found


async def _acts(conn: Connection, now: Sequence[Row]) -> Mapping[str, Mapping[str, Row]]:
    names = [row["submission"] for row in now]
    found: dict[str, dict[str, Row]] = {}
    for row in await fetch(conn, select(finding_act).where(among(finding_act.c.submission, names))):
        found.setdefault(row["submission"], {})[row["finding"]] = row
    return found
