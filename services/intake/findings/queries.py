"""What the rules of a submission are asked with, and what was said to what they found.

SOP step 7. Previous hop: the sheet, its orders and JSON. Next hop: the read models. Ask only for a submission
that the viewer may see: the grounds are its own figures of a year ago. Those of other agencies stand apart in
what is found, and neither sheet nor JSON of a submission says them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from msgspec import convert
from sqlalchemy import select

from services.intake import streams
from services.intake.domain.submission_state import Explained, place_of
from services.intake.findings.beside import earlier, figures_of, handed_in, neighbours
from services.intake.queries import Row
from services.intake.rule_rows import population, threshold
from services.intake.sheet_rows import explanation
from services.intake.tables import evidence, submission
from shared.contracts.values import AttachedEvidence, Explanation, Figure
from shared.eventsourcing.sql import Connection, fetch, fetch_one
from shared.spm.catalogue import Catalogue
from shared.spm.meaning.grounds import Grounds, Submitted
from shared.spm.meaning.judging import judged
from shared.spm.meaning.thresholds import Setting, Thresholds, as_of, in_force
from shared.spm.rules import Finding


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules find in a submission, by service, and what the agency said."""

    found: Mapping[str, tuple[Finding, ...]]
    explained: Explained


async def grounds_of(conn: Connection, case: str, today: date) -> Grounds:
    """What the figures of a submission are held against; the thresholds are those of today, or those that
    what lies with Tim SPM was handed in under.
    """
    before, own = streams.submission(streams.year_before(case)), streams.submission(case)
    figures = await figures_of(conn, [before, *streams.quarters_before(own)])
    files = await fetch(conn, select(evidence.c.digest).where(evidence.c.submission == before).limit(1000))
    found = await fetch_one(conn, select(submission).where(submission.c.submission == own))
    settings = await settings_of(conn, streams.region_of(case))
    beside = await handed_in(conn, streams.cycle_of(case))
    return Grounds(
        thresholds=thresholds_for(found, settings, today),
        populations=await populations_of(conn, case),
        last_year=figures[before],
        earlier=earlier(figures, own),
        files_before=tuple(row["digest"] for row in files),
        neighbours=neighbours(beside, streams.agency_of(case), streams.period_of(case)),
    )


async def settings_of(conn: Connection, region: str) -> Sequence[Setting]:
    """What a region set, in the order in which it was said."""
    rows = await fetch(
        conn, select(threshold).where(threshold.c.region == region).order_by(threshold.c.number)
    )
    return [Setting(row["threshold"], row["limit"], row["valid_from"]) for row in rows]


def thresholds_for(found: Row | None, settings: Sequence[Setting], today: date) -> Thresholds:
    """What a submission is judged by as it stands; None: one that is not there yet."""
    if found is not None and found["state"] == "handed_in":
        return as_of(settings, found["thresholds"])
    return in_force(settings, today)


async def populations_of(conn: Connection, case: str) -> Mapping[str, int]:
    """The reference populations of the region for the year of a submission, by service."""
    of_year = population.c.year == streams.year_of(case)
    of_region = population.c.region == streams.region_of(case)
    rows = await fetch(conn, select(population).where(of_region, of_year))
    return {row["service"]: row["population"] for row in rows}


async def explained_of(conn: Connection, stream: str) -> Explained:
    """What the agency said, by what it is about."""
    rows = await fetch(conn, select(explanation).where(explanation.c.submission == stream))
    said = [convert({**row}, Explanation) for row in rows]
    return {place_of(one): one for one in said}


async def judged_of(
    conn: Connection,
    case: str,
    catalogue: Catalogue,
    stored: Mapping[str, Row],
    attached: Sequence[Row],
    today: date,
) -> Judged:
    """What the rules find in these rows of a submission, and what was said to it."""
    figures = {name: convert(row["figure"], Figure) for name, row in stored.items()}
    files = tuple(convert({**row}, AttachedEvidence) for row in attached)
    found: dict[str, tuple[Finding, ...]] = {}
    for one in judged(Submitted(catalogue, figures, files), await grounds_of(conn, case, today)):
        found[one.service] = (*found.get(one.service, ()), one)
    return Judged(found, await explained_of(conn, streams.submission(case)))
