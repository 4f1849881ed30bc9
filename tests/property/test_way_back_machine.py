"""Approving, endorsing, printing and the way back of each, with news between the services that arrives late
and in any order of streams.

What must always hold, whichever of two acts at once is let through: only who approved takes an approval back,
and never under an endorsement that stands; only who endorsed takes that back, and never after a copy was
printed; nobody who had a hand in the figures endorses; and once all news arrived, both services say the same.
"""

from collections import defaultdict, deque
from collections.abc import Callable
from datetime import date
from functools import reduce
from typing import Any, Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.documents import process_manager as of_documents
from services.documents.domain import document
from services.documents.domain.document_commands import (
    DraftReport,
    Finished,
    OpenDocument,
    RecordCopies,
    WithdrawEndorsement,
)
from services.verification import process_manager as of_verification
from services.verification import streams
from services.verification.bootstrap import ROOM
from services.verification.domain import endorsement as rules
from services.verification.domain.endorsement_commands import AdmitWithdrawal, EndorseReport
from services.verification.domain.round import RequireApproval
from services.verification.domain.verification import ApproveSubmission, OpenVerification, WithdrawApproval
from shared.contracts.documents import CopiesPrinted, DocumentSettled, SettlementWithdrawn
from shared.contracts.values import AttachedEvidence, Figure, StoredFile
from shared.contracts.verification import (
    ApprovalWithdrawn,
    EndorsementWithdrawn,
    ReportEndorsed,
    SubmissionApproved,
)
from shared.eventsourcing.commands.decider import Refused
from shared.sop.definition import sops
from tests.support.events import CYCLE, SERVICES, recorded

AGENCIES = ("dinkes", "dinsos")
VERIFIERS, ENDORSERS = ("wulan", "yuni"), ("wulan", "agus", "budi")
DAY = date(2026, 12, 1)
PAPER = StoredFile(digest="e" * 64, name="rekap.pdf", media_type="application/pdf", size=9)
REPORT, ENDORSEMENT = f"document-{CYCLE}-laporan", f"endorsement-{CYCLE}"
CATEGORIES: Final[dict[str, Any]] = {**ROOM.categories, "document": document.document}
OF_VERIFICATION = {ENDORSEMENT, streams.round_of(CYCLE)}


def case(agency: str) -> str:
    return f"{CYCLE}-{agency}-tahunan"


class WayBack(RuleBasedStateMachine):
    """`history`: every event in the order in which the stores took them in; `news`: what the other rooms,
    and the own one, have not heard yet, stream by stream.
    """

    def __init__(self) -> None:
        super().__init__()
        self.streams: dict[str, list[Any]] = defaultdict(list)
        self.history: list[Any] = []
        self.news: dict[str, deque[Any]] = defaultdict(deque)
        self.drafts = 0
        opened = OpenDocument(cycle=CYCLE, document="laporan", kind="laporan", step="report_draft")
        self.give((REPORT, opened))
        for agency in AGENCIES:
            submission = streams.submission(case(agency))
            required = RequireApproval(cycle=CYCLE, agency=agency, submission=submission)
            self.give((streams.round_of(CYCLE), required))
            self.give(
                (
                    streams.verification(case(agency)),
                    OpenVerification(
                        catalogue=1,
                        cycle=CYCLE,
                        agency=agency,
                        agency_name=agency,
                        period="tahunan",
                        submission=submission,
                        revision=1,
                        digest=agency,
                        figures={SERVICES[agency][0]: Figure(served=1, entitled=1)},
                        evidence=(AttachedEvidence(file=PAPER, services=SERVICES[agency]),),
                        contributors=(),
                        by="sri",
                        occurred_on=DAY,
                    ),
                )
            )

    def state(self, stream: str) -> Any:
        decider = CATEGORIES[stream.partition("-")[0]]
        return reduce(decider.evolve, self.streams[stream], decider.initial)

    def give(self, *orders: tuple[str, Any]) -> bool:
        """All or nothing, as one transaction: what one stream refuses, happens in none."""
        decided: list[tuple[str, Any]] = []
        try:
            for stream, command in orders:
                events = CATEGORIES[stream.partition("-")[0]].decide(command, self.state(stream))
                decided += [(stream, event) for event in events]
        except Refused:
            return False
        for stream, event in decided:
            self.check(event)
            self.streams[stream].append(event)
            self.history.append(event)
            self.news[stream].append(recorded(event, stream, len(self.streams[stream])))
        return True

    def check(self, event: Any) -> None:
        """What an event says must be true at the moment when it is taken in."""
        report = self.state(ENDORSEMENT)
        match event:
            case ApprovalWithdrawn():
                assert event.by == event.approved_by == self.last(SubmissionApproved, event.agency).by
                assert not (isinstance(report.report, rules.Endorsed) and report.figures)
            case SettlementWithdrawn():
                settled = self.last(DocumentSettled)
                assert event.by == event.endorsed_by == settled.endorsed_by == self.last(ReportEndorsed).by
                since = self.history[self.history.index(settled) :]
                assert not any(isinstance(one, CopiesPrinted) for one in since)
            case ReportEndorsed():
                assert report.figures
                approvers = {one.by for one in self.history if isinstance(one, SubmissionApproved)}
                assert event.by not in approvers | {"sri", "rina"}
            case CopiesPrinted():
                assert isinstance(self.state(REPORT).paper, document.Settled)

    def last(self, kind: type[Any], agency: str = "") -> Any:
        found = [one for one in self.history if isinstance(one, kind)]
        return [one for one in found if not agency or one.agency == agency][-1]

    def hear(self, stream: str) -> None:
        """The next event of a stream reaches the rooms that react to it."""
        event = self.news[stream].popleft()
        if (event.source, event.type) in of_verification.REACTS:
            for order in of_verification.react(event):
                self.give((order.stream, order.command))
        if (event.source, event.type) in of_documents.REACTS:
            sop = sops()["04/SOP/2022"]
            for order in of_documents.react(event, sop, addressed=lambda _region, to: to):
                if order.stream == REPORT:
                    self.give((order.stream, order.command))

    @rule(agency=st.sampled_from(AGENCIES), by=st.sampled_from(VERIFIERS))
    def approve(self, agency: str, by: str) -> None:
        command = ApproveSubmission(digest=agency, by=by, occurred_on=DAY)
        self.give((streams.verification(case(agency)), command))

    @rule(agency=st.sampled_from(AGENCIES), by=st.sampled_from(VERIFIERS))
    def withdraw_approval(self, agency: str, by: str) -> None:
        submission = streams.submission(case(agency))
        command = WithdrawApproval(digest=agency, reason="keliru", by=by, occurred_on=DAY)
        admitted = AdmitWithdrawal(cycle=CYCLE, submission=submission)
        self.give((ENDORSEMENT, admitted), (streams.verification(case(agency)), command))

    @rule()
    def draft(self) -> None:
        self.drafts += 1
        file = StoredFile(digest=f"draft-{self.drafts}", name="l.pdf", media_type="application/pdf", size=1)
        finished = Finished(file=file, data_digest="d", template_digest="t", engine="typst")
        basis = self.state(REPORT).basis
        self.give((REPORT, DraftReport(finished=finished, basis=basis, by="rina", occurred_on=DAY)))

    @rule(by=st.sampled_from(ENDORSERS))
    def endorse(self, by: str) -> None:
        report = self.state(ENDORSEMENT).report
        digest = "" if isinstance(report, rules.NotYet) else report.request.digest
        self.give((ENDORSEMENT, EndorseReport(digest=digest, by=by, occurred_on=DAY)))

    @rule(by=st.sampled_from(ENDORSERS))
    def withdraw_endorsement(self, by: str) -> None:
        self.of_settled(
            lambda digest: WithdrawEndorsement(digest=digest, reason="keliru", by=by, occurred_on=DAY)
        )

    @rule()
    def print_copies(self) -> None:
        self.of_settled(lambda digest: RecordCopies(digest=digest, copies=5, by="tono", occurred_on=DAY))

    def of_settled(self, command: Callable[[str], object]) -> None:
        paper = self.state(REPORT).paper
        self.give((REPORT, command(paper.digest if isinstance(paper, document.Settled) else "")))

    @rule(which=st.integers(0, 9))
    def some_news_arrives(self, which: int) -> None:
        waiting = sorted(stream for stream, events in self.news.items() if events)
        if waiting:
            self.hear(waiting[which % len(waiting)])

    @rule()
    def all_news_arrives(self) -> None:
        while waiting := [stream for stream, events in self.news.items() if events]:
            self.hear(waiting[0])

    @invariant()
    def both_services_say_the_same_once_all_news_arrived(self) -> None:
        if any(self.news.values()):
            return
        paper, report = self.state(REPORT).paper, self.state(ENDORSEMENT)
        stands = isinstance(report.report, rules.Endorsed) and report.figures is not None
        assert isinstance(paper, document.Settled) == stands
        if isinstance(paper, document.Settled):
            assert paper.digest == report.report.request.digest

    @invariant()
    def an_endorsement_is_taken_back_only_after_documents_took_it_back(self) -> None:
        said = [type(one) for one in self.history]
        assert said.count(EndorsementWithdrawn) <= said.count(SettlementWithdrawn)


WayBack.TestCase.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
TestWayBack = WayBack.TestCase
