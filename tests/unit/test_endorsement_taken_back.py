"""Rules of an endorsement that is taken back before a copy is printed (SOP steps 10 and 11)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.documents.domain.document_commands import WithdrawEndorsement
from shared.contracts.documents import SettlementWithdrawn
from tests.unit.one_document import (
    LATER,
    PRINTED,
    RELEASED,
    REPORT,
    SETTLED,
    WITHDRAWN,
    copies,
    draft_report,
    drafted,
    given,
    settle,
)

ENDORSED = (*REPORT, drafted("laporan"), SETTLED)
TAKEN_BACK = SettlementWithdrawn(
    cycle=SETTLED.cycle,
    document=SETTLED.document,
    revision=SETTLED.revision,
    digest=SETTLED.digest,
    endorsed_by=SETTLED.endorsed_by,
    reason="Tabel 3 keliru.",
    by=SETTLED.endorsed_by,
    occurred_on=LATER,
)


def take_back(**said: object) -> WithdrawEndorsement:
    what = WithdrawEndorsement(
        digest=SETTLED.digest, reason="Tabel 3 keliru. ", by=SETTLED.endorsed_by, occurred_on=LATER
    )
    return replace(what, **said)


def test_who_endorsed_takes_it_back_and_the_same_file_may_be_endorsed_again() -> None:
    given(*ENDORSED).when(take_back()).then(TAKEN_BACK)
    given(*ENDORSED, TAKEN_BACK).when(settle()).then(SETTLED)


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ({"by": "siti"}, "other-endorser", None),
        ({"reason": " \n"}, "reason-missing", "reason"),
        ({"digest": "b" * 64}, "digest-conflict", "digest"),
        ({"occurred_on": SETTLED.occurred_on - timedelta(days=1)}, "before-endorsed", "occurred_on"),
    ],
)
def test_an_endorsement_is_taken_back_only(said: dict[str, object], code: str, field: str | None) -> None:
    """...by the person who gave it, with a reason, of this file, and not before it was given."""
    given(*ENDORSED).when(take_back(**said)).refused(code, field=field)


def test_what_is_printed_is_not_taken_back() -> None:
    given(*ENDORSED, PRINTED).when(take_back()).refused("already-printed")


def test_what_is_taken_back_is_not_printed_and_may_be_drafted_anew() -> None:
    given(*ENDORSED, TAKEN_BACK).when(copies()).refused("not-settled")
    given(*ENDORSED, TAKEN_BACK).when(take_back()).refused("not-settled")
    given(*ENDORSED, TAKEN_BACK).when(draft_report("draft-2")).then(drafted("laporan", "draft-2", 2))


def test_copies_of_an_earlier_report_do_not_stand_in_the_way() -> None:
    again = (WITHDRAWN, RELEASED, drafted("laporan", "draft-2", 2))
    settled = replace(SETTLED, revision=2, file=again[-1].file, digest="draft-2")
    taken_back = replace(TAKEN_BACK, revision=2, digest="draft-2")
    given(*ENDORSED, PRINTED, *again, settled).when(take_back(digest="draft-2")).then(taken_back)


@pytest.mark.parametrize("history", [(), REPORT, (*REPORT, drafted("laporan"))])
def test_what_nobody_endorsed_is_not_taken_back(history: tuple[object, ...]) -> None:
    given(*history).when(take_back()).refused("not-settled")


def test_of_a_report_whose_figures_hold_no_longer_there_is_nothing_to_take_back() -> None:
    given(*ENDORSED, WITHDRAWN).when(take_back()).refused("figures-withdrawn")
