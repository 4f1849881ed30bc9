"""The round behind the endorsement: whatever is required, counted and uncounted, in whichever order.

What must always hold: the figures of the report are settled exactly when every required submission is
approved, and exactly as they were.
"""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.verification.domain.endorsement import endorsement
from services.verification.domain.round import (
    Command,
    CountApproval,
    ReleaseApproval,
    RequireApproval,
    Round,
    UncountApproval,
    round_of_approvals,
)
from services.verification.process_manager import REACTS, react
from shared.contracts.registry import declared
from shared.eventsourcing.recorded import Recorded
from tests.support.events import recorded

TODAY = date(2026, 12, 1)
AGENCIES = st.sampled_from(["dinkes", "dinsos", "pupr"])


def require(agency: str) -> RequireApproval:
    return RequireApproval(cycle="c", agency=agency, submission=agency)


def count(agency: str, digest: str) -> CountApproval:
    return CountApproval(
        cycle="c",
        agency=agency,
        submission=agency,
        digest=digest,
        contributors=("sri",),
        verified_by="wulan",
        occurred_on=TODAY,
    )


def uncount(agency: str) -> UncountApproval:
    return UncountApproval(cycle="c", agency=agency, submission=agency)


def release(agency: str, successor: str) -> ReleaseApproval:
    return ReleaseApproval(cycle="c", agency=agency, submission=agency, taker=successor, successor=successor)


COMMANDS = st.one_of(
    st.builds(require, AGENCIES),
    st.builds(count, AGENCIES, st.sampled_from("ab")),
    st.builds(uncount, AGENCIES),
    st.builds(release, AGENCIES, AGENCIES),
)


def may_happen(command: Command, round_: Round) -> bool:
    """A submission is opened, and so required, before anybody can take it back."""
    once = round_.required | round_.released
    return not isinstance(command, UncountApproval) or command.submission in once


def of_round(commands: list[Command]) -> list[Any]:
    history: list[Any] = []
    for command in commands:
        state = round_of_approvals.fold(history)
        history += round_of_approvals.decide(command, state) if may_happen(command, state) else []
    return history


def of_endorsement(history: list[Any]) -> list[Any]:
    """What follows from the events of the round, heard one by one in their order."""
    followed: list[Any] = []
    for version, event in enumerate(history, 1):
        for order in react(heard(event, version)):
            followed += endorsement.decide(order.command, endorsement.fold(followed))
    return followed


def heard(event: object, version: int) -> Recorded:
    entry = declared(type(event))
    assert (entry.producer, entry.name) in REACTS or entry.name == "approval-counted"
    return recorded(event, "round-c", version)


@given(st.lists(COMMANDS, max_size=12))
def test_the_figures_are_settled_exactly_when_every_required_submission_is_approved(
    commands: list[Command],
) -> None:
    history = of_round(commands)
    round_, behind = round_of_approvals.fold(history), endorsement.fold(of_endorsement(history))
    complete = bool(round_.required) and round_.required <= round_.counted.keys()
    assert (behind.figures is not None) == complete
    if behind.figures is not None:
        assert behind.figures.digests == {
            submission: round_.counted[submission].digest for submission in round_.required
        }


@given(st.permutations([require("dinkes"), require("dinsos"), count("dinkes", "a"), count("dinsos", "b")]))
def test_a_first_requirement_unsettles_nothing_and_the_last_word_is_settled(commands: list[Command]) -> None:
    followed = [type(event).__name__ for event in of_endorsement(of_round(commands))]
    assert followed in (["FiguresSettled"], ["FiguresSettled", "FiguresUnsettled", "FiguresSettled"])
