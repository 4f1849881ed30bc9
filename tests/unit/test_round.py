"""Rules of a round: when every required submission of a cycle is approved (SOP step 8)."""

from datetime import date

from services.verification.domain.round import (
    CountApproval,
    ReleaseApproval,
    RequireApproval,
    UncountApproval,
    round_of_approvals,
)
from shared.contracts.verification import (
    AllSubmissionsApproved,
    ApprovalCounted,
    ApprovalReleased,
    ApprovalRequired,
    ApprovalUncounted,
)
from tests.support.given_when_then import Given

PEOPLE = {"dinkes": "sri", "dinsos": "tono"}


def given(*history: object) -> Given:
    return Given(round_of_approvals, history)


def stream(agency: str) -> str:
    return f"submission-3402-2026-{agency}-tahunan"


def require(agency: str) -> RequireApproval:
    return RequireApproval(cycle="3402-2026", agency=agency, submission=stream(agency))


def required(agency: str) -> ApprovalRequired:
    return ApprovalRequired(cycle="3402-2026", agency=agency, submission=stream(agency))


def count(agency: str, digest: str = "a", by: str = "wulan", day: int = 3) -> CountApproval:
    return CountApproval(
        cycle="3402-2026",
        agency=agency,
        submission=stream(agency),
        digest=digest,
        contributors=(PEOPLE[agency],),
        verified_by=by,
        occurred_on=date(2026, 11, day),
    )


def counted(agency: str, digest: str = "a", by: str = "wulan", day: int = 3) -> ApprovalCounted:
    return ApprovalCounted(
        cycle="3402-2026",
        agency=agency,
        submission=stream(agency),
        digest=digest,
        contributors=(PEOPLE[agency],),
        verified_by=by,
        occurred_on=date(2026, 11, day),
    )


def uncounted(agency: str) -> ApprovalUncounted:
    return ApprovalUncounted(cycle="3402-2026", agency=agency, submission=stream(agency))


def all_approved(
    verifiers: tuple[str, ...] = ("wulan",), day: int = 3, by: str = "wulan", **digests: str
) -> AllSubmissionsApproved:
    return AllSubmissionsApproved(
        cycle="3402-2026",
        digests={stream(agency): digest for agency, digest in digests.items()},
        contributors=tuple(PEOPLE[agency] for agency in digests),
        verifiers=verifiers,
        by=by,
        occurred_on=date(2026, 11, day),
    )


def test_an_opened_submission_is_required() -> None:
    given().when(require("dinkes")).then(required("dinkes"))


def test_what_is_required_already_is_no_news() -> None:
    given(required("dinkes")).when(require("dinkes")).then()


def test_an_approval_among_several_is_only_counted() -> None:
    given(required("dinkes"), required("dinsos")).when(count("dinkes")).then(counted("dinkes"))


def test_the_last_approval_completes_the_round_on_the_day_of_the_latest() -> None:
    history = (required("dinkes"), required("dinsos"), counted("dinkes", day=9))
    given(*history).when(count("dinsos", "b", by="yuni", day=4)).then(
        counted("dinsos", "b", by="yuni", day=4), all_approved(("wulan", "yuni"), 9, dinkes="a", dinsos="b")
    )


def test_the_same_approval_again_is_no_news() -> None:
    given(required("dinkes"), counted("dinkes"), all_approved(dinkes="a")).when(count("dinkes")).then()


def test_an_approval_that_nobody_requires_completes_nothing() -> None:
    given().when(count("dinkes")).then(counted("dinkes"))
    complete = (required("dinkes"), counted("dinkes"), all_approved(dinkes="a"))
    given(*complete).when(count("dinsos")).then(counted("dinsos"))


def test_a_requirement_that_came_after_its_approval_completes_the_round() -> None:
    given(counted("dinkes")).when(require("dinkes")).then(required("dinkes"), all_approved(dinkes="a"))


def test_a_voided_approval_is_no_longer_counted() -> None:
    given(required("dinkes"), counted("dinkes")).when(
        UncountApproval(cycle="3402-2026", agency="dinkes", submission=stream("dinkes"))
    ).then(uncounted("dinkes"))


def test_voiding_what_was_not_counted_is_no_news() -> None:
    given(required("dinkes")).when(
        UncountApproval(cycle="3402-2026", agency="dinkes", submission=stream("dinkes"))
    ).then()


def test_a_round_may_complete_again_after_an_approval_was_voided() -> None:
    history = (required("dinkes"), counted("dinkes"), all_approved(dinkes="a"), uncounted("dinkes"))
    given(*history).when(count("dinkes", "b")).then(counted("dinkes", "b"), all_approved(dinkes="b"))


def test_a_voided_approval_takes_only_itself_away_and_may_come_again_as_it_was() -> None:
    both = (required("dinkes"), required("dinsos"), counted("dinkes"), counted("dinsos", "b"))
    given(*both, uncounted("dinkes")).when(count("dinkes")).then(
        counted("dinkes"), all_approved(dinkes="a", dinsos="b")
    )
    given(*both, uncounted("dinkes")).when(count("dinsos", "b")).then()
    given(*both, uncounted("dinkes")).when(count("dinsos", "c")).then(counted("dinsos", "c"))


def test_another_digest_for_a_counted_submission_is_a_new_complete_state() -> None:
    history = (required("dinkes"), counted("dinkes"), all_approved(dinkes="a"))
    given(*history).when(count("dinkes", "b")).then(counted("dinkes", "b"), all_approved(dinkes="b"))


def test_a_submission_opened_later_makes_the_round_wait_for_it_again() -> None:
    history = (required("dinkes"), counted("dinkes"), all_approved(dinkes="a"), required("dinsos"))
    given(*history).when(count("dinsos", "b")).then(
        counted("dinsos", "b"), all_approved(dinkes="a", dinsos="b")
    )


def test_an_approval_that_came_before_its_requirement_counts_with_the_next_one() -> None:
    history = (counted("dinsos", "b"), required("dinsos"), required("dinkes"))
    given(*history).when(count("dinkes")).then(counted("dinkes"), all_approved(dinkes="a", dinsos="b"))


def release(agency: str, successor: str) -> ReleaseApproval:
    return ReleaseApproval(
        cycle="3402-2026",
        agency=agency,
        submission=stream(agency),
        taker=successor,
        successor=stream(successor),
    )


def released(agency: str) -> ApprovalReleased:
    return ApprovalReleased(cycle="3402-2026", agency=agency, submission=stream(agency))


def test_an_agency_of_which_nothing_is_left_is_not_required_and_its_successor_is() -> None:
    given(required("dinsos")).when(release("dinsos", "dp3a")).then(required("dp3a"), released("dinsos"))
    given(required("dinsos"), required("dp3a")).when(release("dinsos", "dp3a")).then(released("dinsos"))
    given(required("dinsos"), required("dp3a"), released("dinsos")).when(release("dinsos", "dp3a")).then()


def test_the_round_is_complete_when_only_what_was_released_was_missing() -> None:
    history = (required("dinkes"), required("dinsos"), counted("dinkes"))
    given(*history).when(release("dinsos", "dinkes")).then(released("dinsos"), all_approved(dinkes="a"))
    given(*history).when(release("dinsos", "dp3a")).then(required("dp3a"), released("dinsos"))


def test_what_an_older_event_says_of_another_submission_is_not_believed() -> None:
    """dinsos gave to dp3a, and dp3a to dinkes; that of dinsos arrives last."""
    history = (required("dinkes"), required("dinsos"), required("dp3a"), released("dp3a"))
    given(*history).when(release("dinsos", "dp3a")).then(released("dinsos"))


def test_an_approval_of_what_is_released_is_no_longer_counted() -> None:
    history = (required("dinkes"), required("dinsos"), counted("dinsos"), counted("dinkes"))
    given(*history).when(release("dinsos", "dinkes")).then(
        uncounted("dinsos"), released("dinsos"), all_approved(dinkes="a")
    )


def test_what_was_released_and_counted_late_is_uncounted_without_a_trace_in_the_report() -> None:
    history = (required("dinkes"), required("dinsos"), counted("dinkes"), released("dinsos"))
    given(*history, counted("dinsos")).when(
        UncountApproval(cycle="3402-2026", agency="dinsos", submission=stream("dinsos"))
    ).then(uncounted("dinsos"), all_approved(dinkes="a"))


def test_what_came_back_is_required_again() -> None:
    given(required("dinsos"), released("dinsos")).when(require("dinsos")).then(required("dinsos"))
