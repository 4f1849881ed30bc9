"""What the rules find in some submissions of a cycle, asked anew: their rows, those of a year ago and of the
quarters before in two questions.

SOP step 8. Previous hop: `findings/region.py`, for those that something changed in. Next hop: the rules.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msgspec import convert
from sqlalchemy import select

from services.intake import streams
from services.intake.findings.beside import among, earlier, figures_of, neighbours
from services.intake.queries import Row
from services.intake.tables import evidence
from shared.contracts.values import AttachedEvidence, Figure
from shared.eventsourcing.sql import Connection, fetch
from shared.spm.catalogue import Catalogue
from shared.spm.meaning.grounds import Grounds, Submitted
from shared.spm.meaning.judging import judged
from shared.spm.meaning.named import Named, named
from shared.spm.meaning.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Asked:
    """What decides about a submission besides its own rows; `beside`: what lies with Tim SPM in its cycle."""

    catalogue: Catalogue
    thresholds: Mapping[str, Thresholds]
    populations: Mapping[str, int]
    beside: Sequence[Row]


async def found_anew(conn: Connection, names: Sequence[str], asked: Asked) -> Mapping[str, tuple[Named, ...]]:
    """What the rules find in these submissions, by name."""
    both = [other for name in names for other in (name, *held_against(name))]
    figures = await figures_of(conn, both)
    files: dict[str, list[Row]] = {name: [] for name in both}
    attached = select(evidence).where(among(evidence.c.submission, both))
    for row in await fetch(conn, attached.order_by(evidence.c.at, evidence.c.digest)):
        files[row["submission"]].append(row)
    return {name: _of_one(name, figures, files, asked) for name in names}


def _of_one(
    name: str,
    figures: Mapping[str, Mapping[str, Figure]],
    files: Mapping[str, Sequence[Row]],
    asked: Asked,
) -> tuple[Named, ...]:
    case = streams.case_of(name)
    evidence_now = [convert({**row}, AttachedEvidence) for row in files[name]]
    grounds = Grounds(
        thresholds=asked.thresholds[name],
        last_year=figures[before(name)],
        earlier=earlier(figures, name),
        files_before=tuple(row["digest"] for row in files[before(name)]),
        populations=asked.populations,
        neighbours=neighbours(asked.beside, streams.agency_of(case), streams.period_of(case)),
    )
    return named(judged(Submitted(asked.catalogue, figures[name], evidence_now), grounds))


def held_against(name: str) -> list[str]:
    """The own submissions that a submission is held against: the year before, the quarters before."""
    return [before(name), *streams.quarters_before(name)]


def before(name: str) -> str:
    """The submission of the year before, by its stream."""
    return streams.submission(streams.year_before(streams.case_of(name)))
