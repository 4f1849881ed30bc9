"""What every room has for certificates: the stream of its answers, and the table of those that are open.

Previous hop: `bootstrap.py` of a service. Next hop: `replaying.py`, which asks for what is open.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from sqlalchemy import Column, DateTime, Integer, MetaData, Table

from shared.contracts.replayed.certificate import CertificateAsked, CertificateGivenUp, CertificateIssued
from shared.contracts.replayed.statement import ReplayCompared
from shared.eventsourcing.read_models.changes import Change, Delete, Put
from shared.eventsourcing.recorded import Recorded
from shared.eventsourcing.sight import WHOLE
from shared.replayed.decider import CATEGORY, deciding
from shared.room import Room

PROJECTS: Final = frozenset(
    {("archive", "certificate-asked"), ("archive", "certificate-given-up"), ("archive", "certificate-issued")}
)


def table_of(metadata: MetaData) -> Table:
    """The certificates that were asked for and are neither issued nor given up."""
    return Table(
        "certificate_open",
        metadata,
        Column("certificate", Integer, primary_key=True),
        Column("asked_at", DateTime(timezone=True), nullable=False),
        info={"region": WHOLE},
    )


def replaying(room: Room, event: type[ReplayCompared]) -> Room:
    """The room, which says what it found by `event`."""
    table = table_of(room.metadata)

    def project(recorded: Recorded, first: str) -> Iterable[Change]:
        match recorded.event:
            case CertificateAsked() as asked:
                yield Put.of(table, asked, asked_at=recorded.recorded_at)
            case CertificateGivenUp() | CertificateIssued() as over:
                yield Delete.of(table, over)
            case ReplayCompared() if (recorded.source, recorded.type) not in room.projects:
                return
        yield from room.project(recorded, first)

    return replace(
        room,
        categories={**room.categories, CATEGORY: deciding(event)},
        projects=room.projects | PROJECTS,
        project=project,
    )
