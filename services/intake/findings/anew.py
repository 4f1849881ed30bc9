"""What the rules find in some submissions of a cycle, asked anew: their rows, those of a year ago and of the
quarters before in two questions.

SOP step 8. Previous hop: `findings/region.py`, for those that something changed in. Next hop: the rules.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msgspec import convert
from sqlalchemy import select

from services.intake import streams
from services.intake.findings.beside import among, earlier
from services.intake.queries import Row
from services.intake.tables import evidence, figure
from shared.contracts.values import AttachedEvidence, Figure
from shared.eventsourcing.sql import Connection, fetch
from shared.spm.catalogue import Catalogue
from shared.spm.meaning.grounds import Grounds, Neighbour, Submitted
from shared.spm.meaning.judging import judged
from shared.spm.meaning.named import Named, named
from shared.spm.meaning.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Asked:
    """What decides about a submission besides its own rows."""

    catalogue: Catalogue
    thresholds: Mapping[str, Thresholds]
    populations: Mapping[str, int]
    neighbours: Mapping[str, Mapping[str, Neighbour]]


async def found_anew(conn: Connection, names: Sequence[str], asked: Asked) -> Mapping[str, tuple[Named, ...]]:
    """What the rules find in these submissions, by name."""
    both = [other for name in names for other in (name, *held_against(name))]
    figures: dict[str, dict[str, Figure]] = {name: {} for name in both}
    for row in await fetch(conn, select(figure).where(among(figure.c.submission, both))):
        figures[row["submission"]][row["service"]] = convert(row["figure"], Figure)
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
    evidence_now = [convert({**row}, AttachedEvidence) for row in files[name]]
    grounds = Grounds(
        thresholds=asked.thresholds[name],
        last_year=figures[before(name)],
        earlier=earlier(figures, name),
        files_before=tuple(row["digest"] for row in files[before(name)]),
        populations=asked.populations,
        neighbours=asked.neighbours[name],
    )
    return named(judged(Submitted(asked.catalogue, figures[name], evidence_now), grounds))


def held_against(name: str) -> list[str]:
    """The own submissions that a submission is held against: the year before, the quarters before."""
    return [before(name), *streams.quarters_before(name)]


def before(name: str) -> str:
    """The submission of the year before, by its stream."""
    return streams.submission(streams.year_before(streams.case_of(name)))
