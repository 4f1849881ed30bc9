"""A history to measure with: submissions as real events of intake,
written by COPY as the owner so that seeding costs no time.

The figures are the demonstration's own, one cell moved from event to event so that no two are alike.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from itertools import islice
from typing import Any
from uuid import uuid4

import msgspec
from psycopg import AsyncConnection

from deploy.demo.data import DemoAgency, agencies, figures
from shared.contracts.intake import FigureEntered, SubmissionOpened
from shared.contracts.registry import declared, encode
from shared.contracts.values import Figure
from shared.eventsourcing.recorded import Actor, Metadata
from shared.spm.catalogue import current

DAY = date(2026, 2, 2)
PERIOD = "tahunan"
ACTOR = Actor(person="sri", role="unsur_opd", agency="dinkes")
CASES = 40  # as many cycles in the topic: enough keys for all partitions

_COPY = b"COPY event (stream, version, case_id, type, schema, data, metadata, recorded_at) FROM STDIN"


@dataclass(frozen=True, slots=True)
class Submission:
    """One submission of the history: like one of the demonstration's agencies, in one of many cycles."""

    number: int

    @property
    def cycle(self) -> str:
        return f"{3400 + self.number % CASES}-2026"

    @property
    def agency(self) -> str:
        return f"{self._like[0].id}{self.number}"

    @property
    def services(self) -> tuple[str, ...]:
        return tuple(self._like[1])

    @property
    def stream(self) -> str:
        return f"submission-{self.cycle}-{self.agency}-{PERIOD}"

    def figure(self, number: int) -> tuple[str, Figure]:
        """A service and a figure for it that differs from every other number's, and that no rule refuses."""
        service = self.services[number % len(self.services)]
        return service, replace(self._like[1][service], budget=1_000_000 + number, realised=1_000_000)

    @property
    def _like(self) -> tuple[DemoAgency, Mapping[str, Figure]]:
        return _known()[self.number % len(_known())]


Happening = Callable[[Submission, int], Iterator[SubmissionOpened | FigureEntered]]


@cache
def _known() -> Sequence[tuple[DemoAgency, Mapping[str, Figure]]]:
    """The agencies of the demonstration, each with the figures of its services."""
    known = figures()
    return [
        (agency, {part.service: known[part.service] for part in agency.assigned}) for agency in agencies()
    ]


def events(submission: Submission, length: int) -> Iterator[SubmissionOpened | FigureEntered]:
    """The first `length` events of a submission: opened, then figure after figure."""
    common: dict[str, Any] = {
        "cycle": submission.cycle,
        "agency": submission.agency,
        "period": PERIOD,
        "occurred_on": DAY,
    }
    yield SubmissionOpened(
        catalogue=current().version,
        agency_name=submission.agency.upper(),
        services=submission.services,
        **common,
    )
    for number in range(length - 1):
        service, entered = submission.figure(number)
        yield FigureEntered(service=service, figure=entered, by=ACTOR.person, **common)


def figures_alone(submission: Submission, length: int) -> Iterator[SubmissionOpened | FigureEntered]:
    """As many figures of a submission that was opened elsewhere: what nobody but intake reacts to."""
    return islice(events(submission, length + 1), 1, None)


async def write(
    owner_url: str, submissions: Sequence[Submission], length: int, happening: Happening = events
) -> int:
    """Writes the history into an event store that has nothing of it yet, streams interleaved as they are in
    life; answers how many events there are.
    """
    at = datetime.now(UTC)
    streams = [(submission, happening(submission, length)) for submission in submissions]
    async with await AsyncConnection.connect(owner_url) as conn, conn.cursor().copy(_COPY) as copy:
        for version in range(1, length + 1):
            for submission, following in streams:
                event = next(following)
                entry = declared(type(event))
                row = (
                    submission.stream,
                    version,
                    submission.cycle,
                    entry.name,
                    entry.schema,
                    encode(event).decode(),
                    _metadata(),
                    at,
                )
                await copy.write_row(row)
    async with await AsyncConnection.connect(owner_url, autocommit=True) as conn:
        # in life autovacuum has long been there; a planner without statistics sorts what lies in order
        await conn.execute(b"VACUUM ANALYZE event")
    return length * len(submissions)


def _metadata() -> str:
    command = str(uuid4())
    return msgspec.json.encode(Metadata(actor=ACTOR, command_id=command, correlation=command)).decode()
