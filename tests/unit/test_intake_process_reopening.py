"""What intake does by itself when something does not hold any more, in its own streams and elsewhere."""

from datetime import date

import pytest

from services.intake.domain.cycle import cycle
from services.intake.domain.step_commands import NotePart, ReopenPart
from services.intake.in_force import CycleNotKnown, InForce
from shared.contracts.documents import (
    FiguresWithdrawn,
)
from shared.contracts.verification import (
    ApprovalRequired,
    ApprovalUncounted,
    EndorsementRefused,
    EndorsementRequested,
    FiguresUnsettled,
)
from shared.sop.calendar import seed
from shared.sop.definition import CURRENT, sops
from tests.support.steps import KEY
from tests.unit.test_intake_process import CYCLE, DAY, PDF, SUBMISSION, orders

UNCOUNTED = ApprovalUncounted(cycle=CYCLE, agency="dinkes", submission=SUBMISSION)
WITHDRAWN = FiguresWithdrawn(cycle=CYCLE, document="laporan", submission=SUBMISSION, digest="d")
REFUSED = EndorsementRefused(
    cycle=CYCLE,
    document="laporan",
    revision=1,
    digest="d",
    reason="x",
    by="hesti",
    occurred_on=date(2026, 7, 31),
)


@pytest.mark.parametrize(
    ("event", "stream", "reopens"),
    [
        (UNCOUNTED, f"round-{CYCLE}", [(8, "all-submissions-approved")]),
        (
            ApprovalRequired(cycle=CYCLE, agency="x", submission="x"),
            f"round-{CYCLE}",
            [(8, "all-submissions-approved")],
        ),
        (WITHDRAWN, f"document-{CYCLE}-laporan", [(9, "laporan"), (11, "laporan")]),
        (
            FiguresUnsettled(cycle=CYCLE, submission=SUBMISSION),
            f"endorsement-{CYCLE}",
            [(10, "report-endorsed")],
        ),
        (REFUSED, f"endorsement-{CYCLE}", [(9, "laporan")]),
    ],
)
def test_what_does_not_hold_any_more_reopens_the_steps_that_rest_on_it(
    event: object, stream: str, reopens: list[tuple[int, str]]
) -> None:
    found = orders(event, stream)
    assert [
        (order.command.step, order.command.part) for order in found if isinstance(order.command, ReopenPart)
    ] == [(KEY[step], part) for step, part in reopens]
    assert {order.command.cause.stream for order in found if isinstance(order.command, ReopenPart)} == {
        stream
    }
    assert len(found) == len(reopens)


def test_days_count_from_the_day_on_which_it_ceased_to_hold() -> None:
    (uncounted,), (refused,) = orders(UNCOUNTED), orders(REFUSED)
    assert isinstance(uncounted.command, ReopenPart)
    assert isinstance(refused.command, ReopenPart)
    assert (uncounted.command.occurred_on, uncounted.command.due.counted_from) == (DAY, DAY)
    assert refused.command.due.counted_from == date(2026, 7, 31)


def test_every_step_that_events_complete_after_verification_began_says_what_takes_it_back() -> None:
    """Nothing is done for good while an approval may be voided; what was printed, sent and filed is done once
    more after an official correction, and what was before it stays.
    """
    steps = sops()[CURRENT].steps
    assert [step.number for step in steps if step.reopened_by] == [8, 9, 10, 11, 12, 13]


def test_a_draft_that_asks_for_its_endorsement_redoes_what_was_refused() -> None:
    asked = EndorsementRequested(
        cycle=CYCLE,
        document="laporan",
        revision=2,
        digest="d",
        file=PDF,
        involved=(),
        basis={},
        drafted_by="tari",
        drafted_on=DAY,
    )
    (order,) = orders(asked, f"endorsement-{CYCLE}")
    assert isinstance(order.command, NotePart)
    assert (order.command.step, order.command.part, order.command.by) == ("report_draft", "laporan", "tari")


def test_a_cycle_that_nobody_told_about_is_not_given_the_newest_sop() -> None:
    with pytest.raises(CycleNotKnown):
        orders(
            FiguresUnsettled(cycle=CYCLE, submission=SUBMISSION),
            f"round-{CYCLE}",
            InForce(seed(), cycle.initial.sop),
        )
