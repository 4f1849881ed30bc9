"""What a region sets as rows: its calendar, the thresholds of its rules and its reference populations; and
what Tim SPM does with what the rules find.

Every SOP step. Previous hop: `projections.py`. Next hop: `queries.py`, `rules/queries.py` and
`findings/queries.py`. Pure.
"""

from collections.abc import Iterable

from sqlalchemy import BigInteger, Column, Date, DateTime, Integer, Table, Text

from services.intake import tables
from services.intake.tables import metadata
from shared.contracts.findings import FindingAssigned, FindingResolved
from shared.contracts.settings import CalendarChanged, PopulationRecorded, ThresholdSet
from shared.eventsourcing.read_models.changes import Change, Put, Values
from shared.eventsourcing.recorded import Recorded
from shared.spm.meaning.named import id_of as finding_id

threshold = Table(
    "threshold",
    metadata,
    Column("region", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("threshold", Text, nullable=False),
    Column("limit", Integer, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("source", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

population = Table(
    "population",
    metadata,
    Column("region", Text, primary_key=True),
    Column("service", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("population", BigInteger, nullable=False),
    Column("counted_on", Date, nullable=False),
    Column("source", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

finding_act = Table(
    "finding_act",
    metadata,
    Column("submission", Text, primary_key=True),
    Column("finding", Text, primary_key=True),
    Column("assignee", Text),
    Column("text", Text),
    Column("resolved_by", Text),
)


def project_rules(recorded: Recorded, region: str) -> Iterable[Change]:
    """The changes of these events; none of any other."""
    match recorded.event:
        case CalendarChanged() as event:
            yield Put.of(tables.calendar_change, recorded, event, region=region, number=recorded.version)
        case ThresholdSet() as event:
            yield Put.of(threshold, recorded, event, number=recorded.version)
        case PopulationRecorded() as event:
            yield Put.of(population, recorded, event)
        case FindingAssigned() as event:
            yield Put.of(finding_act, event, **_finding(recorded, event))
        case FindingResolved() as event:
            yield Put.of(finding_act, event, **_finding(recorded, event), resolved_by=event.by)


def _finding(recorded: Recorded, event: FindingAssigned | FindingResolved) -> Values:
    case = recorded.stream.partition("-")[2]
    name = finding_id(event.service, event.rule, event.field, event.facts)
    return {"submission": f"submission-{case}", "finding": name}
