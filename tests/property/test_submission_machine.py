"""A submission under any sequence of acts: what holds whoever does what, in whatever order."""

from datetime import date

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.intake.domain.submission import Filling, submission
from services.intake.domain.submission_commands import (
    AttachEvidence,
    EnterFigure,
    HandIn,
    OpenSubmission,
    Reopen,
    TakeBack,
    WithdrawEvidence,
)
from shared.contracts.intake import FigureEntered, SubmissionReceived, SubmissionReopened
from shared.contracts.values import AttachedEvidence, EventRef, Figure, QualityItem, StoredFile
from shared.eventsourcing.commands.decider import Refused
from shared.spm.catalogue import current
from shared.spm.digest import digest
from shared.spm.rules import findings

SERVICES = ("trantib.info_bencana", "trantib.evakuasi_bencana")
DAY = date(2027, 1, 20)
CAUSE = EventRef(source="verification", stream="verification-x", version=2)
people = st.sampled_from(["sri", "adi", "joko"])
numbers = st.none() | st.integers(min_value=-1, max_value=9)
figures = st.builds(
    Figure,
    answer=st.sampled_from(["filled", "filled", "nihil", "not_yet"]),
    served=numbers,
    entitled=numbers,
    quality=st.dictionaries(
        st.sampled_from(["kie", "ayam"]),
        st.builds(QualityItem, required=st.integers(-1, 3), fulfilled=st.integers(-1, 3)),
    ),
    reason=st.sampled_from(["", "ada"]),
)
files = st.integers(1, 3).map(
    lambda n: StoredFile(digest=f"{n:064d}", name="x.pdf", media_type="application/pdf", size=n)
)


class Submission(RuleBasedStateMachine):
    """Holds the history, and beside it a model that knows only the plainest facts."""

    def __init__(self) -> None:
        super().__init__()
        self.history: list[object] = []
        self.touched: set[str] = set()

    def act(self, command: object) -> list[object]:
        try:
            events = list(submission.decide(command, submission.fold(self.history)))
        except Refused:
            return []
        self.history += events
        if events and hasattr(command, "by"):
            self.touched.add(command.by)
        return events

    @property
    def received(self) -> list[SubmissionReceived]:
        return [event for event in self.history if isinstance(event, SubmissionReceived)]

    @initialize()
    def opened(self) -> None:
        self.act(
            OpenSubmission(
                catalogue=1,
                cycle="c",
                agency="a",
                agency_name="A",
                period="p",
                services=SERVICES,
                occurred_on=DAY,
            )
        )

    @rule(service=st.sampled_from([*SERVICES, "sos.anak"]), figure=figures, by=people)
    def enter(self, service: str, figure: Figure, by: str) -> None:
        for event in self.act(EnterFigure(service=service, figure=figure, by=by, occurred_on=DAY)):
            assert isinstance(event, FigureEntered)
            assert service in SERVICES
            assert not findings(current().services[service], figure, complete=False)

    @rule(by=people)
    def fill_all(self, by: str) -> None:
        for service in SERVICES:
            self.act(
                EnterFigure(service=service, figure=Figure(served=1, entitled=2), by=by, occurred_on=DAY)
            )

    @rule(file=files, services=st.sets(st.sampled_from(SERVICES)), by=people)
    def attach(self, file: StoredFile, services: set[str], by: str) -> None:
        self.act(
            AttachEvidence(
                evidence=AttachedEvidence(file=file, services=tuple(sorted(services))), by=by, occurred_on=DAY
            )
        )

    @rule(file=files, by=people)
    def withdraw(self, file: StoredFile, by: str) -> None:
        self.act(WithdrawEvidence(digest=file.digest, reason="keliru", by=by, occurred_on=DAY))

    @rule(by=people)
    def hand_in(self, by: str) -> None:
        for event in self.act(HandIn(by=by, occurred_on=DAY)):
            assert isinstance(event, SubmissionReceived)
            assert set(event.figures) == set(SERVICES)
            assert all(
                not findings(current().services[name], figure, complete=True)
                for name, figure in event.figures.items()
            )

    @rule(revision=st.integers(0, 4))
    def returned(self, revision: int) -> None:
        before = len(self.received)
        events = self.act(
            Reopen(revision=revision, reason="x", fields=(), by="tari", occurred_on=DAY, cause=CAUSE)
        )
        self.touched.discard("tari")
        assert not events or revision == before

    @rule(endorsed=st.booleans(), by=people)
    def take_back(self, endorsed: bool, by: str) -> None:
        assert not (self.act(TakeBack(reason="x", endorsed=endorsed, by=by, occurred_on=DAY)) and endorsed)

    @invariant()
    def revisions_count_without_a_gap(self) -> None:
        assert [event.revision for event in self.received] == list(range(1, len(self.received) + 1))

    @invariant()
    def a_digest_names_what_was_handed_in(self) -> None:
        for event in self.received:
            assert event.digest == digest(event.figures, event.evidence, event.revision)

    @invariant()
    def it_is_open_exactly_when_it_was_not_just_handed_in(self) -> None:
        turns = [
            event for event in self.history if isinstance(event, SubmissionReceived | SubmissionReopened)
        ]
        handed_in = bool(turns) and isinstance(turns[-1], SubmissionReceived)
        assert isinstance(submission.fold(self.history).phase, Filling) is (
            bool(self.history) and not handed_in
        )

    @invariant()
    def nobody_who_contributed_is_forgotten(self) -> None:
        for event in self.received:
            assert event.by in event.entered_by
        assert set(submission.fold(self.history).contributors) <= self.touched


Submission.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestSubmission = Submission.TestCase
