"""Rules of a document (SOP steps 4, 5, 9, 10, 11)."""

from dataclasses import replace
from datetime import date

import pytest

from services.documents.domain.document import document
from services.documents.domain.document_commands import (
    DraftCoverLetter,
    DraftReport,
    DraftTeamDecree,
    Finished,
    HandOver,
    IssueTeamDecree,
    OpenDocument,
    RecordCopies,
    ReleaseFigures,
    SettleDocument,
    WithdrawFigures,
)
from shared.contracts.documents import (
    CopiesPrinted,
    DocumentDrafted,
    DocumentHandedOver,
    DocumentOpened,
    DocumentSettled,
    FiguresReleased,
    FiguresWithdrawn,
    Kind,
    TeamDecreeIssued,
)
from shared.contracts.values import StoredFile
from tests.support.given_when_then import Given

CYCLE = "3402-2026"
DAY = date(2027, 3, 10)
LATER = date(2027, 3, 12)
BASIS = {"submission-a": "digest-a", "submission-b": "digest-b"}
RELEASED = FiguresReleased(cycle=CYCLE, document="laporan", digests=BASIS, verifiers=("rahmat",))
WITHDRAWN = FiguresWithdrawn(cycle=CYCLE, document="laporan", submission="submission-a", digest="digest-a")
RECEIPT = StoredFile(digest="cc", name="terima.pdf", media_type="application/pdf", size=10)


def file(digest: str) -> StoredFile:
    return StoredFile(digest=digest, name="berkas.pdf", media_type="application/pdf", size=1000)


def finished(digest: str) -> Finished:
    return Finished(file=file(digest), data_digest="data", template_digest="template", engine="typst 0.15.2")


def opened(kind: Kind) -> DocumentOpened:
    return DocumentOpened(cycle=CYCLE, document=kind, kind=kind, step={"sk_tim": 4, "laporan": 9}.get(kind, 10))


def drafted(kind: Kind, digest: str = "draft-1", revision: int = 1) -> DocumentDrafted:
    return DocumentDrafted(
        cycle=CYCLE,
        document=kind,
        kind=kind,
        revision=revision,
        file=file(digest),
        data_digest="data",
        template_digest="template",
        engine="typst 0.15.2",
        verifiers=("rahmat",) if kind == "laporan" else (),
        by="tono",
        occurred_on=DAY,
    )


SETTLED = DocumentSettled(
    cycle=CYCLE,
    document="laporan",
    kind="laporan",
    revision=1,
    file=file("draft-1"),
    digest="draft-1",
    endorsed_by="kurnia",
    occurred_on=LATER,
)
HANDED_OVER = DocumentHandedOver(
    cycle=CYCLE,
    document="sk_tim",
    revision=1,
    digest="draft-1",
    handed_to="Wulan, Bagian Hukum",
    reference="ND/12",
    receipt=RECEIPT,
    by="tono",
    occurred_on=LATER,
)
ISSUED = TeamDecreeIssued(
    cycle=CYCLE, document="sk_tim", number="130/5/HK/2027", issued_on=LATER, file=None, by="tono", occurred_on=date(2027, 3, 20)
)
PRINTED = CopiesPrinted(cycle=CYCLE, document="laporan", digest="draft-1", copies=5, by="tono", occurred_on=LATER)
TEAM_DECREE = (opened("sk_tim"), drafted("sk_tim"))
REPORT = (RELEASED, opened("laporan"))


def given(*history: object) -> Given:
    return Given(document, history)


def open_(kind: Kind, step: int) -> OpenDocument:
    return OpenDocument(cycle=CYCLE, document=kind, kind=kind, step=step)


def draft_report(digest: str = "draft-1", **basis: str) -> DraftReport:
    return DraftReport(finished=finished(digest), basis=basis or BASIS, by="tono", occurred_on=DAY)


def draft_team_decree(digest: str = "draft-1") -> DraftTeamDecree:
    return DraftTeamDecree(finished=finished(digest), by="tono", occurred_on=DAY)


def release(**digests: str) -> ReleaseFigures:
    return ReleaseFigures(cycle=CYCLE, document="laporan", digests=digests or BASIS, verifiers=("rahmat",))


def withdraw(submission: str = "submission-a", digest: str = "digest-a") -> WithdrawFigures:
    return WithdrawFigures(cycle=CYCLE, document="laporan", submission=submission, digest=digest)


def hand_over(digest: str = "draft-1", handed_to: str = " Wulan, Bagian Hukum ", on: date = LATER) -> HandOver:
    return HandOver(digest=digest, handed_to=handed_to, reference=" ND/12 ", receipt=RECEIPT, by="tono", occurred_on=on)


def issue(number: str = " 130/5/HK/2027 ", issued_on: date = LATER) -> IssueTeamDecree:
    return IssueTeamDecree(number=number, issued_on=issued_on, file=None, by="tono", occurred_on=date(2027, 3, 20))


def settle(digest: str = "draft-1") -> SettleDocument:
    return SettleDocument(digest=digest, endorsed_by="kurnia", occurred_on=LATER)


def copies(count: int = 5, digest: str = "draft-1") -> RecordCopies:
    return RecordCopies(digest=digest, copies=count, by="tono", occurred_on=LATER)


def test_a_document_opens_with_its_step() -> None:
    given().when(open_("sk_tim", 4)).then(opened("sk_tim"))


def test_opening_twice_is_no_news() -> None:
    given(opened("sk_tim")).when(open_("sk_tim", 4)).then()


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
def test_a_voided_approval_that_the_report_does_not_rest_on_withdraws_nothing(command: WithdrawFigures) -> None:
    given(RELEASED).when(command).then()


def test_without_released_figures_there_is_nothing_to_withdraw() -> None:
    given(RELEASED, WITHDRAWN).when(withdraw()).then()


def test_no_report_is_drafted_from_withdrawn_figures() -> None:
    given(*REPORT, WITHDRAWN).when(draft_report()).refused("figures-not-released")


def test_after_a_withdrawal_even_the_same_file_is_a_new_revision() -> None:
    given(*REPORT, drafted("laporan"), WITHDRAWN, RELEASED).when(draft_report()).then(drafted("laporan", revision=2))


def test_a_draft_is_handed_over_to_bagian_hukum() -> None:
    given(*TEAM_DECREE).when(hand_over()).then(HANDED_OVER)


def test_only_the_draft_that_was_seen_is_handed_over() -> None:
    given(*TEAM_DECREE, drafted("sk_tim", "draft-2", 2)).when(hand_over()).refused("digest-conflict", field="digest")


def test_the_same_draft_is_not_handed_over_twice() -> None:
    given(*TEAM_DECREE, HANDED_OVER).when(hand_over()).refused("already-handed-over")


def test_a_later_draft_is_handed_over_again() -> None:
    again = replace(HANDED_OVER, revision=2, digest="draft-2")
    given(*TEAM_DECREE, HANDED_OVER, drafted("sk_tim", "draft-2", 2)).when(hand_over("draft-2")).then(again)


def test_a_hand_over_names_who_took_it() -> None:
    given(*TEAM_DECREE).when(hand_over(handed_to=" ")).refused("handed-to-missing", field="handed_to")


def test_a_draft_is_not_handed_over_before_it_was_made() -> None:
    given(*TEAM_DECREE).when(hand_over(on=date(2027, 3, 9))).refused("before-drafted", field="occurred_on")


def test_nothing_is_handed_over_before_there_is_a_draft() -> None:
    given(opened("sk_tim")).when(hand_over()).refused("not-drafted")


def test_a_report_does_not_go_to_bagian_hukum() -> None:
    given(*REPORT, drafted("laporan")).when(hand_over()).refused("wrong-kind")


def test_the_decree_is_issued_with_number_and_date() -> None:
    given(*TEAM_DECREE, HANDED_OVER).when(issue()).then(ISSUED)


def test_a_decree_that_was_never_handed_over_cannot_be_issued() -> None:
    given(*TEAM_DECREE).when(issue()).refused("not-handed-over")


def test_a_decree_has_a_number() -> None:
    given(*TEAM_DECREE, HANDED_OVER).when(issue(number="  ")).refused("number-missing", field="number")


def test_a_decree_is_not_issued_before_its_draft() -> None:
    given(*TEAM_DECREE, HANDED_OVER).when(issue(issued_on=date(2027, 3, 9))).refused("before-drafted", field="issued_on")


def test_a_decree_is_not_issued_after_the_day_it_is_noted() -> None:
    given(*TEAM_DECREE, HANDED_OVER).when(issue(issued_on=date(2027, 3, 21))).refused("issued-later", field="issued_on")


def test_a_decree_is_issued_once() -> None:
    given(*TEAM_DECREE, HANDED_OVER, ISSUED).when(issue()).refused("decree-issued")


def test_an_issued_decree_is_neither_drafted_nor_handed_over_again() -> None:
    given(*TEAM_DECREE, HANDED_OVER, ISSUED).when(draft_team_decree("draft-2")).refused("decree-issued")
    given(*TEAM_DECREE, HANDED_OVER, ISSUED).when(hand_over()).refused("decree-issued")


def test_an_endorsed_report_is_settled() -> None:
    given(*REPORT, drafted("laporan")).when(settle()).then(SETTLED)


@pytest.mark.parametrize(
    "history",
    [
        pytest.param(REPORT, id="nothing was drafted"),
        pytest.param((*REPORT, drafted("laporan"), drafted("laporan", "draft-2", 2)), id="the draft was overtaken"),
        pytest.param((*REPORT, drafted("laporan"), WITHDRAWN), id="its figures were withdrawn"),
        pytest.param((*REPORT, drafted("laporan"), SETTLED), id="it is settled already"),
    ],
)
def test_an_endorsement_settles_nothing_when(history: tuple[object, ...]) -> None:
    given(*history).when(settle()).then()


def test_a_settled_report_is_not_drafted_again() -> None:
    given(*REPORT, drafted("laporan"), SETTLED).when(draft_report("draft-2")).refused("already-settled")


def test_a_settled_report_is_drafted_again_when_its_figures_were_withdrawn() -> None:
    given(*REPORT, drafted("laporan"), SETTLED, WITHDRAWN, RELEASED).when(draft_report("draft-2")).then(drafted("laporan", "draft-2", 2))


def test_copies_are_printed_from_the_endorsed_file() -> None:
    given(*REPORT, drafted("laporan"), SETTLED).when(copies()).then(PRINTED)


def test_more_copies_may_be_printed_later() -> None:
    given(*REPORT, drafted("laporan"), SETTLED, PRINTED).when(copies()).then(PRINTED)


def test_nothing_is_printed_before_the_endorsement() -> None:
    given(*REPORT, drafted("laporan")).when(copies()).refused("not-settled")


def test_nothing_is_printed_from_another_file() -> None:
    given(*REPORT, drafted("laporan"), SETTLED).when(copies(digest="draft-0")).refused("digest-conflict", field="digest")


def test_nothing_is_printed_once_the_figures_were_withdrawn() -> None:
    given(*REPORT, drafted("laporan"), SETTLED, WITHDRAWN).when(copies()).refused("figures-withdrawn")


@pytest.mark.parametrize("count", [0, -1, 1001])
def test_the_number_of_copies_is_sensible(count: int) -> None:
    given(*REPORT, drafted("laporan"), SETTLED).when(copies(count)).refused("copies", field="copies")
