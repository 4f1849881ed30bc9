"""Rules of a document: drafting, settling, printing (SOP steps 4, 9, 10, 11)."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from services.documents.domain.document_commands import DraftCoverLetter, WithdrawFigures
from shared.contracts.documents import FiguresWithdrawn
from tests.unit.one_document import (
    BASIS,
    DAY,
    MORE,
    OVERTAKEN,
    PRINTED,
    RELEASED,
    RELEASED_MORE,
    REPORT,
    RESTORED,
    SETTLED,
    TEAM_DECREE,
    WITHDRAWN,
    copies,
    draft_report,
    draft_team_decree,
    drafted,
    finished,
    given,
    open_,
    opened,
    release,
    settle,
    withdraw,
)


def test_a_document_opens_with_its_step() -> None:
    given().when(open_("sk_tim", "decree_draft")).then(opened("sk_tim"))


def test_opening_twice_is_no_news() -> None:
    given(opened("sk_tim")).when(open_("sk_tim", "decree_draft")).then()


def test_nothing_is_drafted_before_its_step_started() -> None:
    given().when(draft_team_decree()).refused("document-closed")


def test_a_team_decree_is_drafted() -> None:
    given(opened("sk_tim")).when(draft_team_decree()).then(drafted("sk_tim"))


def test_a_changed_draft_is_the_next_revision() -> None:
    given(*TEAM_DECREE).when(draft_team_decree("draft-2")).then(drafted("sk_tim", "draft-2", 2))


def test_the_same_file_again_is_no_news() -> None:
    given(*TEAM_DECREE).when(draft_team_decree()).then()


def test_a_cover_letter_is_drafted() -> None:
    letter = DraftCoverLetter(finished=finished("draft-1"), by="tono", occurred_on=DAY)
    given(opened("pengantar_gubernur")).when(letter).then(drafted("pengantar_gubernur"))


def test_a_report_cannot_be_drafted_as_a_cover_letter() -> None:
    letter = DraftCoverLetter(finished=finished("draft-1"), by="tono", occurred_on=DAY)
    given(*REPORT).when(letter).refused("wrong-kind", field="kind")


def test_figures_are_released_when_all_submissions_are_approved() -> None:
    given().when(release()).then(RELEASED)


def test_the_same_figures_released_again_are_no_news() -> None:
    given(RELEASED).when(release()).then()


def test_a_report_is_drafted_from_exactly_the_released_figures_and_names_who_verified_them() -> None:
    given(*REPORT).when(draft_report()).then(drafted("laporan"))


def test_a_report_waits_until_all_submissions_are_approved() -> None:
    given(opened("laporan")).when(draft_report()).refused("figures-not-released")


def test_a_report_made_from_figures_that_changed_meanwhile_is_refused() -> None:
    given(*REPORT).when(draft_report(**{"submission-a": "older"})).refused("figures-changed")


def test_a_voided_approval_withdraws_the_figures() -> None:
    given(RELEASED).when(withdraw()).then(WITHDRAWN)


@pytest.mark.parametrize("command", [withdraw(digest="older"), withdraw(submission="submission-c")])
def test_a_voided_approval_that_the_report_does_not_rest_on_withdraws_nothing(
    command: WithdrawFigures,
) -> None:
    given(RELEASED).when(command).then()


def test_without_released_figures_there_is_nothing_to_withdraw() -> None:
    given(RELEASED, WITHDRAWN).when(withdraw()).then()


def test_no_report_is_drafted_from_withdrawn_figures() -> None:
    given(*REPORT, WITHDRAWN).when(draft_report()).refused("figures-not-released")


def test_after_a_withdrawal_even_the_same_file_is_a_new_revision() -> None:
    given(*REPORT, drafted("laporan"), WITHDRAWN, RELEASED).when(draft_report()).then(
        drafted("laporan", revision=2)
    )


def test_a_draft_holds_again_when_the_very_same_figures_are_released_again() -> None:
    given(*REPORT, drafted("laporan"), WITHDRAWN).when(release()).then(RELEASED, RESTORED)
    given(*REPORT, drafted("laporan"), WITHDRAWN, RELEASED, RESTORED).when(settle()).then(SETTLED)
    given(*REPORT, drafted("laporan"), SETTLED, WITHDRAWN).when(release()).then(RELEASED)


@pytest.mark.parametrize(
    ("digests", "withdrawn"),
    [
        pytest.param(MORE, OVERTAKEN, id="another submission came to be required"),
        pytest.param(
            {**BASIS, "submission-a": "newer"},
            WITHDRAWN,
            id="the news that an approval was voided comes later",
        ),
    ],
)
def test_other_figures_than_the_draft_was_compiled_from_withdraw_it(
    digests: Mapping[str, str], withdrawn: FiguresWithdrawn
) -> None:
    given(*REPORT, drafted("laporan")).when(release(**digests)).then(
        withdrawn, replace(RELEASED, digests=digests)
    )
    given(*REPORT, drafted("laporan"), SETTLED).when(release(**digests)).then(
        withdrawn, replace(RELEASED, digests=digests)
    )


@pytest.mark.parametrize(
    "history",
    [
        pytest.param((RELEASED,), id="nothing was drafted"),
        pytest.param(
            (*REPORT, replace(drafted("laporan"), basis={})),
            id="version 1 did not say what it was compiled from",
        ),
        pytest.param((*REPORT, drafted("laporan"), WITHDRAWN), id="its figures were withdrawn before"),
        pytest.param(
            (*REPORT, drafted("laporan"), WITHDRAWN, RELEASED),
            id="its figures were withdrawn and released again",
        ),
    ],
)
def test_other_figures_withdraw_no_draft_when(history: tuple[object, ...]) -> None:
    given(*history).when(release(**MORE)).then(RELEASED_MORE)


def test_a_report_that_was_overtaken_is_drafted_again_from_the_figures_of_now() -> None:
    overtaken = (*REPORT, drafted("laporan"), SETTLED, OVERTAKEN, RELEASED_MORE)
    given(*overtaken).when(copies()).refused("figures-withdrawn")
    given(*overtaken).when(draft_report()).refused("figures-changed")
    given(*overtaken).when(draft_report(**MORE)).then(replace(drafted("laporan", revision=2), basis=MORE))


def test_a_draft_of_version_1_may_be_printed_until_an_approval_is_voided() -> None:
    before = (*REPORT, replace(drafted("laporan"), basis={}), SETTLED, RELEASED_MORE)
    given(*before).when(copies()).then(PRINTED)
    given(*before, WITHDRAWN).when(copies()).refused("figures-withdrawn")


def test_an_endorsed_report_is_settled() -> None:
    given(*REPORT, drafted("laporan")).when(settle()).then(SETTLED)


@pytest.mark.parametrize(
    "history",
    [
        pytest.param(REPORT, id="nothing was drafted"),
        pytest.param(
            (*REPORT, drafted("laporan"), drafted("laporan", "draft-2", 2)), id="the draft was overtaken"
        ),
        pytest.param((*REPORT, drafted("laporan"), WITHDRAWN), id="its figures were withdrawn"),
        pytest.param(
            (*REPORT, drafted("laporan"), OVERTAKEN, RELEASED_MORE), id="other figures were released"
        ),
        pytest.param((*REPORT, drafted("laporan"), SETTLED), id="it is settled already"),
    ],
)
def test_an_endorsement_settles_nothing_when(history: tuple[object, ...]) -> None:
    given(*history).when(settle()).then()


def test_a_settled_report_is_not_drafted_again() -> None:
    given(*REPORT, drafted("laporan"), SETTLED).when(draft_report("draft-2")).refused("already-settled")


def test_a_settled_report_is_drafted_again_when_its_figures_were_withdrawn() -> None:
    given(*REPORT, drafted("laporan"), SETTLED, WITHDRAWN, RELEASED).when(draft_report("draft-2")).then(
        drafted("laporan", "draft-2", 2)
    )


def test_copies_are_printed_from_the_endorsed_file() -> None:
    given(*REPORT, drafted("laporan"), SETTLED).when(copies()).then(PRINTED)


@pytest.mark.parametrize("count", [5, 2])
@pytest.mark.parametrize("reason", ["", " \n"])
def test_copies_that_are_recorded_are_not_recorded_again(count: int, reason: str) -> None:
    """The same number or another: nobody can tell whether these are the same sheets."""
    once = given(*REPORT, drafted("laporan"), SETTLED, PRINTED)
    once.when(copies(count, reason=reason)).refused("copies-recorded", field="reason")


def test_more_copies_are_printed_later_for_a_reason() -> None:
    more = replace(PRINTED, copies=2, reason="Dua eksemplar rusak.")
    once = given(*REPORT, drafted("laporan"), SETTLED, PRINTED)
    once.when(copies(2, reason=" Dua eksemplar rusak. ")).then(more)


def test_nothing_is_printed_before_the_endorsement() -> None:
    given(*REPORT, drafted("laporan")).when(copies()).refused("not-settled")


def test_nothing_is_printed_from_another_file() -> None:
    given(*REPORT, drafted("laporan"), SETTLED).when(copies(digest="draft-0")).refused(
        "digest-conflict", field="digest"
    )


def test_nothing_is_printed_once_the_figures_were_withdrawn() -> None:
    given(*REPORT, drafted("laporan"), SETTLED, WITHDRAWN).when(copies()).refused("figures-withdrawn")


@pytest.mark.parametrize("count", [0, -1, 1001])
def test_the_number_of_copies_is_sensible(count: int) -> None:
    given(*REPORT, drafted("laporan"), SETTLED).when(copies(count)).refused("copies", field="copies")


@pytest.mark.parametrize("count", [1, 1000])
def test_one_copy_and_a_thousand_may_be_printed(count: int) -> None:
    given(*REPORT, drafted("laporan"), SETTLED).when(copies(count)).then(replace(PRINTED, copies=count))


AGAIN = (*REPORT, drafted("laporan"), SETTLED, WITHDRAWN, RELEASED, drafted("laporan", "draft-2", 2))


def test_a_report_that_was_drafted_again_waits_for_its_own_endorsement() -> None:
    given(*AGAIN).when(copies()).refused("not-settled")
    given(*AGAIN).when(settle()).then()
    settled = replace(SETTLED, revision=2, file=finished("draft-2").file, digest="draft-2")
    given(*AGAIN).when(settle("draft-2")).then(settled)
    given(*AGAIN, settled).when(copies(digest="draft-2")).then(replace(PRINTED, digest="draft-2"))


def test_a_file_is_named_by_the_first_eight_letters_of_its_digest() -> None:
    current = (drafted("laporan", "0123456789"), replace(SETTLED, digest="0123456789"))
    given(*REPORT, *current).when(copies(digest="abcdefghij")).refused(
        "digest-conflict", field="digest", seen="abcdefgh", current="01234567"
    )


def test_figures_that_are_withdrawn_before_a_draft_or_twice_change_nothing_more() -> None:
    given(RELEASED, WITHDRAWN, opened("laporan"), RELEASED).when(draft_report()).then(drafted("laporan"))
    twice = (WITHDRAWN, RELEASED, WITHDRAWN, RELEASED)
    given(*REPORT, drafted("laporan"), *twice).when(draft_report()).then(drafted("laporan", revision=2))


def test_of_a_draft_that_was_never_endorsed_it_is_said_when_its_figures_were_withdrawn_too() -> None:
    given(*REPORT, drafted("laporan"), WITHDRAWN).when(copies()).refused("not-settled")
