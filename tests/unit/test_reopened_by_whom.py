"""Who opened a sheet again: every way there is has a word of its own, in what is asked and on the sheet."""

import re
from pathlib import Path

import pytest

from services.intake.board.task_words import TODO, WHY
from services.intake.board.tasks import OPEN
from services.intake.domain.submission_commands import Reopen
from services.intake.in_force import InForce
from services.intake.process_manager import REACTS, react
from services.intake.projections import project
from services.intake.submission.standing import standing
from services.intake.tables import submission, verdict
from shared.contracts.intake import SubmissionReopened
from shared.contracts.registry import PRODUCERS, declared
from shared.contracts.values import EventRef
from shared.contracts.verification import (
    ApprovalVoided,
    CorrectionAdmitted,
    SubmissionApproved,
    SubmissionReturned,
)
from shared.sop.calendar import seed
from shared.sop.definition import CURRENT
from tests.support.events import made, recorded

CASE = "3402-2026-dinkes-tahunan"
SUBMISSION = f"submission-{CASE}"
SHEET = Path("services/intake/submission/templates/submission.html")
CAUSED = made(SubmissionReopened, cause=EventRef(source="verification", stream="x", version=1))
APPROVED, VOIDED = (
    made(SubmissionApproved, submission=SUBMISSION),
    made(ApprovalVoided, submission=SUBMISSION),
)
RETURNED = made(SubmissionReturned, submission=SUBMISSION)
ALONE = made(SubmissionReopened, cause=None)
WAYS = {
    "returned": (RETURNED, CAUSED),
    "corrected": (APPROVED, CAUSED, VOIDED),
    "taken_back": (APPROVED, ALONE, VOIDED),
}
"""What happens, in this order, when a sheet is opened again."""


def stands(*events: object) -> str:
    row = {"submission": SUBMISSION, "services": ["kes.balita"], "verdict": None, "verdict_revision": None}
    for event in events:
        for change in project(recorded(event, SUBMISSION), "3402"):
            if change.table is submission:
                row |= change.values
            elif change.table is verdict:
                row |= {"verdict": change.values["verdict"], "verdict_revision": change.values["revision"]}
    return standing(row)


def test_every_event_that_opens_a_sheet_again_is_one_of_the_ways() -> None:
    opening = set()
    for event in (made(kind) for kinds in PRODUCERS.values() for kind in kinds):
        entry = declared(type(event))
        if (entry.producer, entry.name) in REACTS:
            found = react(recorded(event, SUBMISSION), InForce(seed(), CURRENT, 1))
            opening |= {entry.name for order in found if isinstance(order.command, Reopen)}
    assert opening == {declared(one).name for one in (SubmissionReturned, CorrectionAdmitted)}


@pytest.mark.parametrize("way", WAYS)
def test_the_sheet_says_who_opened_it(way: str) -> None:
    """From the moment on which it is open, and after everything that follows from it."""
    opened = next(n for n, event in enumerate(WAYS[way], start=1) if isinstance(event, SubmissionReopened))
    for many in range(opened, len(WAYS[way]) + 1):
        assert stands(*WAYS[way][:many]) == way
    assert way in WHY
    assert OPEN[way] in TODO


def test_each_way_has_its_own_words() -> None:
    assert len({WHY[way] for way in WAYS}) == len({TODO[OPEN[way]] for way in WAYS}) == len(WAYS)
    (shown,) = re.findall(r"\{\{ \{(.+?)\}\.get\(stands, _\(\"(.+?)\"\)\) \}\}", SHEET.read_text())
    assert {"returned", "corrected"} == set(re.findall(r"\"(\w+)\": _", shown[0]))
    assert len({*re.findall(r"_\(\"(.+?)\"\)", shown[0]), shown[1]}) == len(WAYS)
