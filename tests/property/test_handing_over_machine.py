"""Services handed over between agencies, in any order with entering and handing in, by several writers who
decide on what they saw and are made to decide again: no figure is lost, none is with two.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.intake import process_manager, streams
from services.intake.domain.submission import submission
from services.intake.domain.submission_commands import (
    AttachEvidence,
    EnterFigure,
    HandIn,
    HandOverServices,
    OpenSubmission,
    Reopen,
)
from services.intake.domain.submission_state import Filling, Withdrawn
from shared.contracts.values import AttachedEvidence, EventRef, Figure, StoredFile
from shared.eventsourcing.commands.decider import Refused
from tests.support.events import recorded

DAY, CYCLE = date(2027, 1, 20), "3402-2026"
SERVICES = ("trantib.info_bencana", "trantib.evakuasi_bencana", "trantib.kebakaran")
AGENCIES = ("bpbd", "damkar", "satpolpp")
agencies, services = st.sampled_from(AGENCIES), st.sampled_from(SERVICES)


def stream(agency: str) -> str:
    return streams.submission(streams.yearly_case(CYCLE, agency))


class Agencies(RuleBasedStateMachine):
    """The streams of three agencies; beside them what was entered last, by service and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[Any]] = {stream(agency): [] for agency in AGENCIES}
        self.entered: dict[str, Figure] = {}
        self.wrote: dict[str, str] = {}
        self.files: dict[str, set[str]] = {service: set() for service in SERVICES}

    def state(self, agency: str) -> Any:
        return submission.fold(self.history[stream(agency)])

    def give(self, agency: str, command: object, seen: dict[str, int] | None = None) -> bool:
        """As the handler does it: all streams or none, and only if none moved since it was seen."""
        of = stream(agency)
        told: dict[str, list[Any]] = {}
        try:
            told[of] = list(submission.decide(command, submission.fold(self.history[of])))
            for event in told[of]:
                for order in process_manager.at_once(recorded(event, of)):
                    told[order.stream] = list(
                        submission.decide(order.command, submission.fold(self.history[order.stream]))
                    )
        except Refused:
            return False
        if seen and any(seen[name] != len(self.history[name]) for name in told):
            return False
        for name, events in told.items():
            self.history[name] += events
        return bool(told[of])

    @initialize(split=st.integers(0, 3))
    def opened(self, split: int) -> None:
        for agency, has in ((AGENCIES[0], SERVICES[:split]), (AGENCIES[1], SERVICES[split:])):
            if has:
                command = OpenSubmission(
                    cycle=CYCLE,
                    catalogue=1,
                    agency=agency,
                    agency_name=agency,
                    period="tahunan",
                    services=has,
                    occurred_on=DAY,
                )
                assert self.give(agency, command)

    @rule(agency=agencies, service=services, served=st.integers(0, 9))
    def enter(self, agency: str, service: str, served: int) -> None:
        figure = Figure(served=served, entitled=9)
        if self.give(agency, EnterFigure(service=service, figure=figure, by=f"p_{agency}", occurred_on=DAY)):
            self.entered[service], self.wrote[service] = figure, f"p_{agency}"

    @rule(agency=agencies, digest=st.sampled_from(["a" * 64, "b" * 64]), of=st.sets(services, min_size=1))
    def attach(self, agency: str, digest: str, of: set[str]) -> None:
        file = StoredFile(digest=digest, name="x.pdf", media_type="application/pdf", size=1)
        evidence = AttachedEvidence(file=file, services=tuple(sorted(of)))
        if self.give(agency, AttachEvidence(evidence=evidence, by=f"p_{agency}", occurred_on=DAY)):
            for service in of:
                self.files[service].add(digest)

    @rule(agency=agencies)
    def hand_in(self, agency: str) -> None:
        self.give(agency, HandIn(by=f"p_{agency}", occurred_on=DAY))

    @rule(agency=agencies)
    def returned(self, agency: str) -> None:
        cause = EventRef(source="verification", stream="v", version=1)
        command = Reopen(revision=1, reason="x", fields=(), by="tari", occurred_on=DAY, cause=cause)
        for revision in range(1, 9):
            self.give(agency, replace(command, revision=revision))

    @rule(giver=agencies, taker=agencies, of=st.sets(services, min_size=1), late=st.booleans())
    def hand_over(self, giver: str, taker: str, of: set[str], *, late: bool) -> None:
        """`late`: meanwhile somebody else entered at the taker or the giver what this one did not see."""
        seen = {name: len(events) for name, events in self.history.items()}
        if late:
            self.enter(giver, min(of), 1)
            self.enter(taker, min(of), 2)
        moved = self.give(giver, moving(taker, of), seen)
        if moved and late:
            assert len(self.history[stream(giver)]) == seen[stream(giver)] + 1

    @rule(one=agencies, two=agencies, of=st.sets(services, min_size=1), taker=agencies)
    def two_offices_at_once(self, one: str, two: str, of: set[str], taker: str) -> None:
        """Both saw the same; the second decides again and is refused, or gives what is still there."""
        first = self.give(one, moving(two, of))
        second = self.give(one, moving(taker, of))
        assert not (first and second)

    @invariant()
    def every_service_is_with_exactly_one(self) -> None:
        held = [service for agency in AGENCIES for service in self.state(agency).services]
        assert sorted(held) == (sorted(SERVICES) if any(self.history.values()) else [])

    @invariant()
    def every_figure_and_file_is_where_its_service_is_as_it_was_entered_last(self) -> None:
        figures: dict[str, Figure] = {}
        files: dict[str, set[str]] = {service: set() for service in SERVICES}
        for agency in AGENCIES:
            state = self.state(agency)
            assert not figures.keys() & state.figures.keys()
            assert state.figures.keys() <= set(state.services)
            figures |= state.figures
            for entry in state.evidence:
                assert set(entry.services) <= set(state.services)
                assert entry.file.digest in state.attached_by
                for service in entry.services:
                    files[service].add(entry.file.digest)
            for service in state.figures:
                assert state.wrote(service, "entitled").by.startswith("p_")
                assert self.wrote[service] in state.contributors
        assert figures == self.entered
        assert files == self.files

    @invariant()
    def it_is_withdrawn_exactly_when_nothing_is_left(self) -> None:
        for agency in AGENCIES:
            state = self.state(agency)
            if isinstance(state.phase, Filling | Withdrawn):
                assert isinstance(state.phase, Withdrawn) is not bool(state.services)


def moving(taker: str, of: set[str]) -> HandOverServices:
    return HandOverServices(
        services=tuple(sorted(of)),
        taker=taker,
        taker_name=taker,
        reason="dipecah",
        letter="Perbup 1",
        endorsed=False,
        by="hesti",
        occurred_on=DAY,
    )


Agencies.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestAgencies = Agencies.TestCase
