"""What the agency says to a warning as rows, and what services that go over to another agency change in the
read models of both submissions.

SOP step 7. Previous hop: `projections.py`, with the events of a sheet; of services that go over those of
giver and taker, each in its own stream. Next hop: the sheets, `findings/queries.py`. Pure.
"""

from collections.abc import Iterable

from sqlalchemy import Column, DateTime, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.intake import tables
from services.intake.tables import metadata
from shared.contracts.handing_over import ServicesHandedOver, ServicesTakenOver
from shared.contracts.intake import WarningExplained
from shared.contracts.values import CellAuthor
from shared.eventsourcing.read_models.changes import Change, Delete, Patch, Put
from shared.eventsourcing.recorded import Recorded

explanation = Table(
    "explanation",
    metadata,
    Column("submission", Text, primary_key=True),
    Column("service", Text, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("sentence", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("text", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)


def project_sheet(recorded: Recorded) -> Iterable[Change]:
    """The changes of these events; none of any other."""
    match recorded.event:
        case WarningExplained(explanation=said):
            yield _sheet(recorded)
            yield Put.of(explanation, said, submission=recorded.stream, at=recorded.recorded_at)
        case ServicesHandedOver() as event:
            yield _sheet(recorded, services=event.held)
            yield from _gone(recorded, event)
        case ServicesTakenOver() as event:
            yield _sheet(recorded, services=event.held, notes=event.fields)
            yield from _come(recorded, event)


def _sheet(recorded: Recorded, **said: object) -> Change:
    last = {"last_by": recorded.metadata.actor.person, "last_at": recorded.recorded_at}
    return Patch.of(tables.submission, recorded, submission=recorded.stream, **said, **last)


def _gone(recorded: Recorded, event: ServicesHandedOver) -> Iterable[Change]:
    """What went is with the other agency, by the event that is recorded with this one."""
    of = {"submission": recorded.stream}
    for service in event.services:
        yield Delete(tables.figure, {**of, "service": service})
    for said in event.explanations:
        yield Delete(explanation, {**of, "service": said.service, "rule": said.rule, "field": said.field})
    left = {entry.file.digest: entry for entry in event.left}
    for entry in event.evidence:
        key = {**of, "digest": entry.file.digest}
        if entry.file.digest in left:
            yield Patch.of(tables.evidence, left[entry.file.digest], **key)
        else:
            yield Delete(tables.evidence, key)


def _come(recorded: Recorded, event: ServicesTakenOver) -> Iterable[Change]:
    """What came stays the work of whoever entered it."""
    of, at = {"submission": recorded.stream}, recorded.recorded_at
    wrote: dict[str, CellAuthor] = {}
    for author in event.authors:
        before = wrote.setdefault(author.service, author)
        wrote[author.service] = max(before, author, key=lambda one: one.occurred_on)
    for service, figure in event.figures.items():
        by = wrote[service].by if service in wrote else event.by
        yield Put.of(tables.figure, service=service, figure=figure, by=by, at=at, **of)
    for said in event.explanations:
        yield Put.of(explanation, said, at=at, **of)
    attached = {author.digest: author.by for author in event.attached}
    for entry in event.evidence:
        digest = entry.file.digest
        by = attached.get(digest, event.by)
        yield Put.of(tables.evidence, entry, digest=digest, by=by, at=at, **of)
