"""What happened between the services of an approval, an endorsement, its copies and its corrections; and what
each event must be true of when it is taken in.
"""

from collections import defaultdict, deque
from datetime import date
from functools import reduce
from typing import Any, Final

from hypothesis.stateful import RuleBasedStateMachine

from services.documents.domain import document
from services.verification.bootstrap import ROOM
from services.verification.domain import endorsement as rules
from shared.contracts.correction import CorrectionDecided
from shared.contracts.documents import CopiesPrinted, DocumentDrafted, DocumentSettled, SettlementWithdrawn
from shared.contracts.values import StoredFile
from shared.contracts.verification import (
    ApprovalVoided,
    ApprovalWithdrawn,
    ReportEndorsed,
    SubmissionApproved,
)
from shared.eventsourcing.commands.decider import Refused
from tests.support.events import CYCLE, recorded

AGENCIES = ("dinkes", "dinsos")
DAY = date(2026, 12, 1)
PAPER = StoredFile(digest="e" * 64, name="rekap.pdf", media_type="application/pdf", size=9)
REPORT, ENDORSEMENT = f"document-{CYCLE}-laporan", f"endorsement-{CYCLE}"
CATEGORIES: Final[dict[str, Any]] = {**ROOM.categories, "document": document.document}


def case(agency: str) -> str:
    return f"{CYCLE}-{agency}-tahunan"


class History(RuleBasedStateMachine):
    """`history`: every event in the order in which the stores took them in; `news`: what the other rooms,
    and the own one, have not heard yet, stream by stream; `refused`: what was said instead; `filled`: who
    filled in.
    """

    def __init__(self) -> None:
        super().__init__()
        self.streams: dict[str, list[Any]] = defaultdict(list)
        self.history: list[Any] = []
        self.news: dict[str, deque[Any]] = defaultdict(deque)
        self.refused: list[str] = []
        self.filled = set[str]()

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
        except Refused as refused:
            self.refused.append(str(refused))
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
                assert report.corrected is None or event.submission in report.corrected
            case ApprovalVoided():
                assert report.corrected is not None
                assert event.submission in report.corrected
            case SettlementWithdrawn():
                settled = self.last(DocumentSettled)
                assert event.by == event.endorsed_by == settled.endorsed_by == self.last(ReportEndorsed).by
                assert not self.is_printed
            case ReportEndorsed():
                assert report.figures
                assert event.by not in self.hands
            case DocumentDrafted():
                assert event.correction == self.corrections
                assert event.basis == self.state(REPORT).basis
            case DocumentSettled():
                assert event.digest == self.last(DocumentDrafted).file.digest
                assert self.last(DocumentDrafted).basis == self.state(REPORT).basis
            case CopiesPrinted():
                assert isinstance(self.state(REPORT).paper, document.Settled)
            case CorrectionDecided():
                assert (event.digest, self.is_printed) == (self.last(DocumentSettled).digest, True)
                assert event.by not in self.hands
                assert event.correction == self.corrections + 1
                basis = self.state(REPORT).basis
                assert {one.digest for one in event.submissions} <= set(basis.values())

    @property
    def is_printed(self) -> bool:
        """Whether a copy was made of what was settled last."""
        since = self.history[self.history.index(self.last(DocumentSettled)) :]
        return any(isinstance(one, CopiesPrinted) for one in since)

    @property
    def corrections(self) -> int:
        return sum(isinstance(one, CorrectionDecided) for one in self.history)

    @property
    def hands(self) -> set[str]:
        """Who filled in, verified or drafted what stands."""
        return {self.last(SubmissionApproved, agency).by for agency in AGENCIES} | self.filled | {"rina"}

    def last(self, kind: type[Any], agency: str = "") -> Any:
        found = [one for one in self.history if isinstance(one, kind)]
        return [one for one in found if not agency or one.agency == agency][-1]

    def tell(self, stream: str, event: object) -> None:
        """What intake says: heard in its order, when the news arrives."""
        self.streams[stream].append(event)
        self.news[stream].append(recorded(event, stream, len(self.streams[stream])))
