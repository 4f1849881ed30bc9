"""A due day of before a correction says nothing of what is done once more."""

from datetime import date
from typing import Any

import pytest

from services.intake.submission.standing import WAITS, Standing, asked_under
from services.intake.timeline import row_of
from services.intake.wording import Wording
from shared.access.people import NO_ONE
from shared.contracts.documents import DispatchCorrected
from shared.known_cycles.queries import is_overtaken
from shared.sop.definition import CURRENT, sops
from shared.sop.parts import CHECKING, FILLING
from tests.support.events import made, recorded

SOP = sops()[CURRENT]
DECIDED = {"correction": 1, "decided_on": "2027-04-12"}


def row(step: str, counted_from: str, correction: dict[str, Any] | None) -> dict[str, Any]:
    return {"of": SOP.step(step), "due": {"counted_from": counted_from}, "correction": correction}


@pytest.mark.parametrize("step", SOP.steps, ids=lambda step: step.key)
def test_only_of_steps_that_are_done_again_and_until_their_days_are_counted_anew(step: Any) -> None:
    again = bool(step.reopened_by)
    assert is_overtaken(row(step.key, "2027-02-01", DECIDED)) is again
    assert not is_overtaken(row(step.key, "2027-04-12", DECIDED))
    assert not is_overtaken(row(step.key, "2027-02-01", None))


@pytest.mark.parametrize("stands", sorted(WAITS))
def test_a_sheet_that_is_open_again_keeps_no_day_of_the_round_before(stands: Standing) -> None:
    done = {"due": "x", "completed_on": date(2027, 2, 1)}
    running = {**done, "completed_on": None}
    filling, checking = (SOP.step_of(part).key for part in (FILLING, CHECKING))
    assert asked_under(stands, {filling: done, checking: done}, SOP) is None
    assert asked_under(stands, {filling: done, checking: running}, SOP) == running
    assert asked_under("approved", {filling: done, checking: done}, SOP) == done


@pytest.mark.parametrize(
    ("field", "before", "after", "said"),
    [
        ("agenda_number", "045/1", "045/2", "Nomor agenda: 045/1 → 045/2"),
        ("received_on", "2027-03-01", "2027-03-02", "Tanggal terima: Sen, 1 Mar 2027 → Sel, 2 Mar 2027"),
        ("reference", "", "B/7", "– → B/7"),
    ],
)
def test_the_timeline_tells_the_old_and_the_new_word_of_a_sending(
    field: str, before: str, after: str, said: str
) -> None:
    event = made(DispatchCorrected, recipient="gubernur", field=field, before=before, after=after)
    put = row_of(recorded(event, "dispatch-3402-2026-gubernur"))
    assert put is not None
    happened = Wording(NO_ONE, "3402").happened({"source": "documents", **put.values})
    assert said in happened
    assert "Gubernur" in happened
