"""Approving, endorsing, printing, the way back of each and official corrections, with news between the
services that arrives late and in any order of streams.

What must always hold, whichever of two acts at once is let through: only who approved takes an approval back,
and never under an endorsement that stands; only who endorsed takes that back, and never after a copy was
printed; nobody who had a hand in the figures endorses or decides that they are corrected; a correction is of
what was printed, and opens only what it names; every refusal is a sentence; and once all news arrived, both
services say the same.
"""

from collections.abc import Callable, Sequence

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from services.documents import process_manager as of_documents
from services.documents.domain import document
from services.documents.domain.document_commands import (
    DecideCorrection,
    DraftReport,
    Finished,
    OpenDocument,
    RecordCopies,
    WithdrawEndorsement,
)
from services.verification import process_manager as of_verification
from services.verification import streams
from services.verification.domain import endorsement as rules
from services.verification.domain.endorsement_commands import AdmitWithdrawal, EndorseReport
from services.verification.domain.round import RequireApproval
from services.verification.domain.verification import ApproveSubmission, WithdrawApproval
from shared.contracts.documents import SettlementWithdrawn
from shared.contracts.intake import SubmissionReceived, SubmissionReopened
from shared.contracts.values import AttachedEvidence, CorrectedSubmission, Figure, StoredFile
from shared.contracts.verification import (
    CorrectionAdmitted,
    EndorsementWithdrawn,
)
from shared.sop.definition import sops
from tests.property.way_back_history import AGENCIES, DAY, ENDORSEMENT, PAPER, REPORT, History, case
from tests.support.events import CYCLE, SERVICES, made

VERIFIERS, ENDORSERS = ("wulan", "yuni"), ("wulan", "agus", "budi")
OFFICERS = ("sri", "budi")
DECIDERS = ("sri", "rina", "wulan", "yuni", "budi", "agus")


class WayBack(History):
    """`revision`, `open`: what intake knows of the sheets."""

    def __init__(self) -> None:
        super().__init__()
        self.drafts = 0
        self.revision = dict.fromkeys(AGENCIES, 0)
        self.open = set(AGENCIES)
        opened = OpenDocument(cycle=CYCLE, document="laporan", kind="laporan", step="report_draft")
        self.give((REPORT, opened))
        for agency in AGENCIES:
            submission = streams.submission(case(agency))
            required = RequireApproval(cycle=CYCLE, agency=agency, submission=submission)
            self.give((streams.round_of(CYCLE), required))
            self.hand_in(agency, "sri")
        self.all_news_arrives()

    def hear(self, stream: str) -> None:
        """The next event of a stream reaches the rooms that react to it."""
        event = self.news[stream].popleft()
        if isinstance(event.event, CorrectionAdmitted):
            self.open_in_intake(event.event)
        if (event.source, event.type) in of_verification.REACTS:
            for order in of_verification.react(event):
                self.give((order.stream, order.command))
        if (event.source, event.type) in of_documents.REACTS:
            sop = sops()["04/SOP/2022"]
            for order in of_documents.react(event, sop, addressed=lambda _region, to: to):
                if order.stream == REPORT:
                    self.give((order.stream, order.command))

    def open_in_intake(self, event: CorrectionAdmitted) -> None:
        for one in event.submissions:
            said = {"cycle": CYCLE, "agency": one.agency, "revision": one.revision, "by": event.by}
            self.open.add(one.agency)
            self.tell(one.submission, made(SubmissionReopened, reason=event.reason, **said))

    @rule(agency=st.sampled_from(AGENCIES), by=st.sampled_from(OFFICERS))
    def hand_in(self, agency: str, by: str) -> None:
        if agency not in self.open:
            return
        self.open.remove(agency)
        self.revision[agency] += 1
        self.filled.add(by)
        handed_in = made(
            SubmissionReceived,
            cycle=CYCLE,
            agency=agency,
            revision=self.revision[agency],
            digest=self.digest(agency),
            figures={SERVICES[agency][0]: Figure(served=self.revision[agency], entitled=9)},
            evidence=(AttachedEvidence(file=PAPER, services=SERVICES[agency]),),
            entered_by=tuple(sorted(self.filled)),
            by=by,
            occurred_on=DAY,
        )
        self.tell(streams.submission(case(agency)), handed_in)

    def digest(self, agency: str) -> str:
        return f"{agency}@{self.revision[agency]}"

    @initialize(far=st.integers(0, 12))
    def begins(self, far: int) -> None:
        self._usual_way(far)

    @rule(far=st.sampled_from([2, 4, 5, 5, 5, 5]))
    def goes_the_usual_way(self, far: int) -> None:
        self._usual_way(far)

    def _usual_way(self, far: int) -> None:
        """Up to two corrections, so far as nothing is in the way: by chance alone few reports are printed."""
        way: list[Callable[[], object]] = [
            lambda: [self.hand_in(agency, "sri") for agency in AGENCIES],
            lambda: [self.approve(agency, "yuni") for agency in AGENCIES],
            lambda: self.draft(0),
            lambda: self.endorse("agus"),
            self.print_copies,
            lambda: self.decide_correction("agus", AGENCIES[:1]),
        ]
        for act in [*way, *way][:far]:
            act()
            self.all_news_arrives()

    @rule(agency=st.sampled_from(AGENCIES), by=st.sampled_from(VERIFIERS))
    def approve(self, agency: str, by: str) -> None:
        command = ApproveSubmission(digest=self.digest(agency), by=by, occurred_on=DAY)
        self.give((streams.verification(case(agency)), command))

    @rule(agency=st.sampled_from(AGENCIES), by=st.sampled_from(VERIFIERS))
    def withdraw_approval(self, agency: str, by: str) -> None:
        submission = streams.submission(case(agency))
        said = {"digest": self.digest(agency), "reason": "keliru", "by": by, "occurred_on": DAY}
        admitted = AdmitWithdrawal(cycle=CYCLE, submission=submission)
        self.give((ENDORSEMENT, admitted), (streams.verification(case(agency)), WithdrawApproval(**said)))

    @rule(told=st.sampled_from([0, 0, 1]))
    def draft(self, told: int) -> None:
        """Of this correction, or perhaps of the one before."""
        self.drafts += 1
        file = StoredFile(digest=f"draft-{self.drafts}", name="l.pdf", media_type="application/pdf", size=1)
        finished = Finished(file=file, data_digest="d", template_digest="t", engine="typst")
        report = self.state(REPORT)
        said = {"basis": report.basis, "correction": max(0, report.correction - told)}
        if self.give((REPORT, DraftReport(finished=finished, **said, by="rina", occurred_on=DAY))):
            assert said["correction"] == self.corrections

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

    @rule(by=st.sampled_from(DECIDERS), agencies=st.sampled_from([AGENCIES, AGENCIES[:1], ()]))
    def decide_correction(self, by: str, agencies: Sequence[str]) -> None:
        decision = {"number": "1", "issued_on": DAY, "file": PAPER, "reason": "keliru"}
        named = tuple(map(self.printed, agencies))
        said = {**decision, "submissions": named, "by": by, "occurred_on": DAY}
        self.of_settled(lambda digest: DecideCorrection(digest=digest, **said))

    def printed(self, agency: str) -> CorrectedSubmission:
        name = streams.submission(case(agency))
        said = {"submission": name, "digest": self.state(REPORT).basis.get(name, ""), "figures": {}}
        return made(CorrectedSubmission, agency=agency, revision=self.revision[agency], **said)

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
        assert self.state(REPORT).correction == report.correction == self.corrections
        if isinstance(paper, document.Settled):
            assert paper.digest == report.report.request.digest
            assert set(self.state(REPORT).basis.values()) == {self.digest(agency) for agency in AGENCIES}

    @invariant()
    def every_refusal_is_a_sentence(self) -> None:
        assert all(said[0].isupper() and said.endswith(".") for said in self.refused)

    @invariant()
    def an_endorsement_is_taken_back_only_after_documents_took_it_back(self) -> None:
        said = [type(one) for one in self.history]
        assert said.count(EndorsementWithdrawn) <= said.count(SettlementWithdrawn)


WayBack.TestCase.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
TestWayBack = WayBack.TestCase
