"""Verification and round together, driven by any order of handing in, taking back, returning and approving.

What must always hold: nobody approves an own submission, an approval stands only for exactly the digest
handed in last, and the round is complete exactly when every required submission has a standing approval.
"""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.verification.checking.queries import TrailEntry
from services.verification.checking.talk import accepted_of
from services.verification.domain.acceptance import AcceptFigure
from services.verification.domain.difference import cell_changes
from services.verification.domain.phases import Approved, NotYet, Waiting
from services.verification.domain.round import (
    CountApproval,
    RequireApproval,
    UncountApproval,
    round_of_approvals,
)
from services.verification.domain.talk import AskQuestion, SettleQuestion, still_open
from services.verification.domain.verification import (
    ApproveSubmission,
    FollowReopening,
    OpenVerification,
    ReturnSubmission,
    verification,
)
from services.verification.projections import project
from services.verification.tables import trail
from shared.contracts.talk import FigureAccepted
from shared.contracts.values import AttachedEvidence, Figure, StoredFile
from shared.contracts.verification import (
    AllSubmissionsApproved,
    ApprovalVoided,
    SubmissionApproved,
    SubmissionReturned,
    VerificationOpened,
)
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.read_models.changes import Put
from shared.spm.catalogue import current
from tests.support.events import SOME_DAY, recorded

AGENCIES = ("dinkes", "dinsos")
PEOPLE = ("sri", "tono", "wulan", "yuni")
TODAY = date(2026, 11, 3)
PAPER = StoredFile(digest="e" * 64, name="rekap.pdf", media_type="application/pdf", size=9)
EVIDENCE: tuple[AttachedEvidence, ...] = (AttachedEvidence(file=PAPER, services=("s",)),)


def entries_of(history: list[Any]) -> Iterator[TrailEntry]:
    """The trail of a submission, as its page reads it."""
    for version, event in enumerate(history, start=1):
        for change in project(recorded(event, "verification-c-a-p", version), "3402"):
            if isinstance(change, Put) and change.table is trail:
                said = {name: change.values.get(name) or () for name in ("act", "notes", "changes")}
                nothing = {"revision": 1, "by": "", "occurred_on": None, "recorded_at": SOME_DAY}
                yield TrailEntry(**said, **nothing, reason="", digest="")


class OneCycle(RuleBasedStateMachine):
    """Two agencies, four persons; the model keeps per agency what intake would know."""

    def __init__(self) -> None:
        super().__init__()
        self.histories: dict[str, list[Any]] = {agency: [] for agency in AGENCIES}
        self.round: list[Any] = []
        self.revision = dict.fromkeys(AGENCIES, 0)
        self.locked = dict.fromkeys(AGENCIES, False)
        self.figures: dict[str, dict[str, Figure]] = {agency: {} for agency in AGENCIES}
        self.evidence: dict[str, tuple[AttachedEvidence, ...]] = dict.fromkeys(AGENCIES, ())
        self.contributors: dict[str, set[str]] = {agency: set() for agency in AGENCIES}
        for agency in AGENCIES:
            self.decide_round(RequireApproval(cycle="c", agency=agency, submission=agency))

    def give(self, agency: str, command: Any) -> list[Any]:
        history = self.histories[agency]
        events = list(verification.decide(command, verification.fold(history)))
        history += events
        for event in events:
            match event:
                case SubmissionApproved():
                    self.decide_round(
                        CountApproval(
                            cycle="c",
                            agency=agency,
                            submission=agency,
                            digest=event.digest,
                            contributors=event.contributors,
                            verified_by=event.by,
                            occurred_on=event.occurred_on,
                        )
                    )
                case ApprovalVoided():
                    self.decide_round(UncountApproval(cycle="c", agency=agency, submission=agency))
                case _:
                    pass
        return events

    def decide_round(self, command: Any) -> None:
        self.round += round_of_approvals.decide(command, round_of_approvals.fold(self.round))

    def digest(self, agency: str) -> str:
        return f"{agency}@{self.revision[agency]}"

    def waits(self, agency: str) -> bool:
        return isinstance(verification.fold(self.histories[agency]), Waiting)

    @rule(
        agency=st.sampled_from(AGENCIES),
        served=st.integers(0, 3),
        by=st.sampled_from(PEOPLE),
        seen_reopening=st.booleans(),
        evidence=st.sampled_from([EVIDENCE, EVIDENCE, ()]),
    )
    def hand_in(
        self,
        agency: str,
        served: int,
        by: str,
        seen_reopening: bool,
        evidence: tuple[AttachedEvidence, ...],
    ) -> None:
        before, proof = self.figures[agency], self.evidence[agency]
        if self.locked[agency] and seen_reopening:
            return
        self.revision[agency] += 1
        self.locked[agency] = True
        self.figures[agency] = {"s": Figure(served=served, entitled=3)}
        self.evidence[agency] = evidence
        self.contributors[agency].add(by)
        events = self.give(
            agency,
            OpenVerification(
                catalogue=1,
                cycle="c",
                agency=agency,
                agency_name=agency,
                period="p",
                submission=agency,
                revision=self.revision[agency],
                digest=self.digest(agency),
                figures=self.figures[agency],
                evidence=evidence,
                contributors=(by,),
                by=by,
                occurred_on=TODAY,
            ),
        )
        opened = events[-1]
        assert isinstance(opened, VerificationOpened)
        assert opened.changes == (
            cell_changes(current(), before, proof, self.figures[agency], evidence) if before else ()
        )

    @rule(agency=st.sampled_from(AGENCIES), by=st.sampled_from(PEOPLE))
    def take_back(self, agency: str, by: str) -> None:
        if self.locked[agency]:
            self.locked[agency] = False
            self.give(agency, FollowReopening(revision=self.revision[agency], reason="salah", by=by))

    @rule(agency=st.sampled_from(AGENCIES), by=st.sampled_from(PEOPLE), behind=st.integers(0, 1))
    def approve(self, agency: str, by: str, behind: int) -> None:
        digest = f"{agency}@{self.revision[agency] - behind}"
        allowed = self.waits(agency) and not behind and by not in self.contributors[agency]
        allowed = allowed and self.evidence[agency] != () and not self.asked(agency)
        try:
            self.give(agency, ApproveSubmission(digest=digest, by=by, occurred_on=TODAY))
        except Refused:
            assert not allowed
        else:
            assert allowed

    @rule(agency=st.sampled_from(AGENCIES), by=st.sampled_from(PEOPLE), behind=st.integers(0, 1))
    def accept(self, agency: str, by: str, behind: int) -> None:
        digest = f"{agency}@{self.revision[agency] - behind}"
        allowed = self.waits(agency) and not behind and by not in self.contributors[agency]
        allowed = allowed and (
            self.accepts(agency) or (self.evidence[agency] != () and not self.asked(agency))
        )
        try:
            self.give(agency, AcceptFigure(service="s", digest=digest, by=by, occurred_on=TODAY))
        except Refused:
            assert not allowed
        else:
            assert allowed

    @rule(agency=st.sampled_from(AGENCIES), by=st.sampled_from(PEOPLE), ask=st.booleans())
    def talk(self, agency: str, by: str, ask: bool) -> None:
        said = {"service": "s", "field": "served", "by": by, "occurred_on": TODAY}
        command = AskQuestion(**said, text="?") if ask else SettleQuestion(**said)
        other = by not in self.contributors[agency]
        allowed = other and (self.waits(agency) if ask else self.asked(agency))
        try:
            self.give(agency, command)
        except Refused:
            assert not allowed
        else:
            assert allowed

    def asked(self, agency: str) -> bool:
        state = verification.fold(self.histories[agency])
        return not isinstance(state, NotYet) and bool(list(still_open(state.threads)))

    def accepts(self, agency: str) -> bool:
        state = verification.fold(self.histories[agency])
        return not isinstance(state, NotYet) and "s" in state.accepted

    @invariant()
    def what_is_accepted_is_as_it_was_then_and_by_another_and_the_page_says_the_same(self) -> None:
        for agency, history in self.histories.items():
            entries = list(entries_of(history))
            assert accepted_of(entries) == ({"s"} if self.accepts(agency) else set())
            opened: VerificationOpened | None = None
            then: VerificationOpened | None = None
            for event in history:
                opened = event if isinstance(event, VerificationOpened) else opened
                then = opened if isinstance(event, FigureAccepted) else then
            if self.accepts(agency):
                assert opened
                assert then
                assert (opened.figures, opened.evidence) == (then.figures, then.evidence)

    @precondition(lambda self: any(self.waits(agency) for agency in AGENCIES))
    @rule(agency=st.sampled_from(AGENCIES), by=st.sampled_from(PEOPLE))
    def send_back(self, agency: str, by: str) -> None:
        allowed = self.waits(agency) and by not in self.contributors[agency]
        try:
            (event,) = self.give(agency, ReturnSubmission(reason="?", fields=(), by=by, occurred_on=TODAY))
        except Refused:
            assert not allowed
        else:
            assert allowed
            assert isinstance(event, SubmissionReturned)
            self.locked[agency] = False

    @invariant()
    def nobody_approved_an_own_submission(self) -> None:
        for history in self.histories.values():
            for event in history:
                assert not isinstance(event, SubmissionApproved) or event.by not in event.contributors

    @invariant()
    def a_standing_approval_is_of_what_was_handed_in_last_and_is_still_locked(self) -> None:
        for agency, history in self.histories.items():
            state = verification.fold(history)
            if isinstance(state, Approved):
                assert state.opened.digest == self.digest(agency)
                assert self.locked[agency]

    @invariant()
    def the_round_is_complete_exactly_when_all_approvals_stand(self) -> None:
        standing = {
            agency
            for agency, history in self.histories.items()
            if isinstance(verification.fold(history), Approved)
        }
        state = round_of_approvals.fold(self.round)
        assert set(state.counted) == standing
        assert isinstance(self.round[-1], AllSubmissionsApproved) == (standing == set(AGENCIES))

    @invariant()
    def completion_is_said_once_per_complete_state(self) -> None:
        said = [index for index, event in enumerate(self.round) if isinstance(event, AllSubmissionsApproved)]
        for earlier, later in pairwise(said):
            assert later - earlier > 1
            assert self.round[earlier].digests != self.round[later].digests


OneCycle.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestOneCycle = OneCycle.TestCase
