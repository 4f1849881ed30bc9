"""Rules of an official correction (docs/decisions/0051): what the report decides, and what letters,
dispatches, endorsement and archive make of it.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.archive.domain.cycle_file import ExpectCorrection
from services.documents.domain.dispatch_commands import OvertakeDispatch, ReopenDispatch
from services.documents.domain.document_commands import DecideCorrection, ReopenDocument
from services.verification.domain.endorsement_commands import AdmitCorrection, AdmitWithdrawal
from shared.contracts.archive import CorrectionExpected
from shared.contracts.correction import (
    CorrectionDecided,
    DispatchOvertaken,
    DispatchReopened,
    DocumentReopened,
    apart,
    numbered,
)
from shared.contracts.values import CorrectedSubmission, ReopenedSubmission
from shared.contracts.verification import CorrectionAdmitted
from shared.eventsourcing.combined import combined
from tests.unit import one_document as doc
from tests.unit import test_cycle_file as shelf
from tests.unit import test_dispatch as sending
from tests.unit import test_endorsement as report
from tests.unit.one_document import given

WRONG = CorrectedSubmission(
    submission="submission-a",
    agency="dinkes",
    agency_name="Dinkes",
    revision=1,
    digest="digest-a",
    figures={},
)
PRINTED = (*doc.REPORT, doc.drafted("laporan"), doc.SETTLED, doc.PRINTED)
SAID = {"number": "130/7/2027", "issued_on": doc.LATER, "file": doc.RECEIPT, "reason": "Sel keliru."}
DECIDED = CorrectionDecided(
    cycle=doc.CYCLE,
    document="laporan",
    correction=1,
    revision=1,
    digest="draft-1",
    submissions=(WRONG,),
    by="kurnia",
    occurred_on=doc.LATER,
    **SAID,
)


def decide(**said: object) -> DecideCorrection:
    what = DecideCorrection(
        digest="draft-1", submissions=(WRONG,), by="kurnia", occurred_on=doc.LATER, **SAID
    )
    return replace(what, **said)


def test_a_printed_report_is_corrected_and_its_figures_hold_no_longer() -> None:
    given(*PRINTED).when(decide()).then(DECIDED, doc.WITHDRAWN)


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ({"digest": "draft-0"}, "digest-conflict", "digest"),
        ({"submissions": ()}, "submissions-missing", "submissions"),
        ({"submissions": (WRONG, WRONG)}, "submissions-unknown", "submissions"),
        ({"submissions": (replace(WRONG, digest="other"),)}, "submissions-unknown", "submissions"),
        ({"submissions": (replace(WRONG, submission="submission-z"),)}, "submissions-unknown", "submissions"),
        ({"by": "tono"}, "R17", None),
        ({"by": "rahmat"}, "R17", None),
        ({"by": "sri"}, "R17", None),
        ({"number": " "}, "number-missing", "number"),
        ({"reason": "\n"}, "reason-missing", "reason"),
        ({"issued_on": doc.DAY}, "before-endorsed", "issued_on"),
        ({"issued_on": doc.LATER + timedelta(days=1)}, "decided-later", "issued_on"),
    ],
)
def test_a_correction_is_decided_only(said: dict[str, object], code: str, field: str | None) -> None:
    """...of this file, for what stands in it, by who had no hand in it, with number, day and reason."""
    history = (replace(doc.RELEASED, contributors=("sri",)), *PRINTED[1:])
    given(*history).when(decide(**said)).refused(code, field=field)


@pytest.mark.parametrize(
    ("history", "code"),
    [
        ((), "not-settled"),
        (doc.REPORT, "not-settled"),
        ((*doc.REPORT, doc.drafted("laporan")), "not-settled"),
        (PRINTED[:-1], "not-printed"),
        ((*PRINTED, doc.WITHDRAWN), "figures-withdrawn"),
        ((*PRINTED, DECIDED, doc.WITHDRAWN), "correction-open"),
    ],
)
def test_before_the_copies_and_while_another_is_open_nothing_is_corrected(
    history: tuple[object, ...], code: str
) -> None:
    given(*history).when(decide()).refused(code)


NEW = {**doc.BASIS, "submission-a": "digest-a2"}
AGAIN = (*PRINTED, DECIDED, doc.WITHDRAWN, replace(doc.RELEASED, digests=NEW))
REVISED = replace(doc.drafted("laporan", "draft-2", 2), basis=NEW, correction=1)


def test_the_corrected_report_is_a_revision_that_tells_of_its_correction() -> None:
    given(*AGAIN[:-1]).when(doc.draft_report("draft-2")).refused("figures-not-released")
    asked = doc.draft_report("draft-2", **NEW)
    given(*AGAIN).when(asked).refused("correction-changed")
    given(*AGAIN).when(replace(asked, correction=1)).then(REVISED)


def test_a_correction_is_corrected_too_once_it_is_printed() -> None:
    settled = replace(doc.SETTLED, revision=2, digest="draft-2", file=doc.file("draft-2"), correction=1)
    endorsed = (*AGAIN, REVISED, settled)
    one = replace(WRONG, digest="digest-a2", revision=2)
    again = decide(digest="draft-2", submissions=(one,))
    given(*endorsed).when(again).refused("not-printed")
    second = replace(DECIDED, correction=2, revision=2, digest="draft-2", submissions=(one,))
    withdrawn = replace(doc.WITHDRAWN, digest="digest-a2")
    given(*endorsed, replace(doc.PRINTED, digest="draft-2")).when(again).then(second, withdrawn)


def test_its_letter_is_drafted_once_more_though_nothing_of_it_differs() -> None:
    letter = (doc.opened("pengantar_gubernur"), doc.drafted("pengantar_gubernur"))
    said = {"cycle": doc.CYCLE, "document": "pengantar_gubernur", "correction": 1}
    reopened = DocumentReopened(**said, by="kurnia", occurred_on=doc.LATER)
    asked = combined(ReopenDocument, reopened)
    given(*letter).when(asked).then(reopened)
    given(*letter, reopened).when(asked).then()
    given().when(asked).then()


OF_ROUND = {"cycle": sending.CYCLE, "recipient": "gubernur", "correction": 1, "by": "kurnia"}
OVERTAKEN = DispatchOvertaken(dispatch="gubernur", sent=True, occurred_on=sending.DAY, **OF_ROUND)
REOPENED = DispatchReopened(dispatch="gubernur_koreksi_1", occurred_on=sending.DAY, **OF_ROUND)
QUEUED = sending.QUEUED


def test_what_was_sent_may_still_come_back_signed() -> None:
    sent = (*QUEUED, sending.SENT)
    sending.given(*sent).when(combined(OvertakeDispatch, OVERTAKEN)).then(OVERTAKEN)
    sending.given(*sent, OVERTAKEN).when(sending.receive()).then(sending.RECEIVED)
    sending.given(*sent, OVERTAKEN).when(combined(OvertakeDispatch, OVERTAKEN)).then()
    sending.given(*sent, OVERTAKEN, sending.RECEIVED).when(combined(OvertakeDispatch, OVERTAKEN)).then()


def test_what_was_not_sent_is_not_sent_any_more() -> None:
    ended = replace(OVERTAKEN, sent=False)
    sending.given(*QUEUED).when(combined(OvertakeDispatch, OVERTAKEN)).then(ended)
    sending.given(*QUEUED, ended).when(sending.send()).refused("dispatch-overtaken")
    sending.given(*QUEUED, ended).when(combined(OvertakeDispatch, OVERTAKEN)).then()


def test_the_dispatch_of_a_correction_begins_once() -> None:
    sending.given().when(combined(ReopenDispatch, REOPENED)).then(REOPENED)
    sending.given(REOPENED).when(combined(ReopenDispatch, REOPENED)).then()


ADMITTED = CorrectionAdmitted(
    cycle="3402-2026",
    correction=1,
    submissions=(ReopenedSubmission(submission="submission-a", agency="dinkes", revision=1),),
    number="130/7/2027",
    issued_on=date(2027, 3, 12),
    reason="Sel keliru.",
    by="kurnia",
    occurred_on=date(2027, 3, 12),
)


PUBLISHED = (report.SETTLED, report.REQUESTED, report.ENDORSED)


def test_only_approvals_of_what_it_names_may_fall() -> None:
    def taking_back(name: str) -> AdmitWithdrawal:
        return AdmitWithdrawal(cycle="3402-2026", submission=name)

    report.given(*PUBLISHED).when(combined(AdmitCorrection, ADMITTED)).then(ADMITTED)
    report.given(*PUBLISHED, ADMITTED).when(combined(AdmitCorrection, ADMITTED)).then()
    report.given(ADMITTED).when(taking_back("submission-b")).refused("not-in-correction")
    report.given(ADMITTED).when(taking_back("submission-a")).then()
    report.given(*PUBLISHED, ADMITTED).when(report.endorse()).refused("endorsement-closed")
    draft = replace(report.REQUESTED_AGAIN, basis=report.SECOND)
    again = (*PUBLISHED, ADMITTED, report.UNSETTLED, report.SETTLED_AGAIN, draft)
    report.given(*again).when(report.endorse("b" * 64)).then(report.ENDORSED_AGAIN)


def test_the_archive_keeps_the_old_and_waits_for_the_new() -> None:
    names = ("laporan", "tanda_terima_gubernur", "tanda_terima_kemendagri")
    full = [event for name in names for event in (shelf.expected(name), shelf.filed(name))]
    closed = (*full, shelf.HARD_COPY, shelf.CLOSED)
    said = {"cycle": shelf.CYCLE, "correction": 1, "number": "130/7/2027", "by": "kurnia"}
    waits = CorrectionExpected(**said, occurred_on=shelf.DAY)
    asked = combined(ExpectCorrection, waits)
    shelf.given(*closed).when(asked).then(waits)
    shelf.given(*closed, waits).when(asked).then()
    shelf.given(*closed, waits).when(shelf.close()).refused("items-missing", field="items")
    new = [
        event
        for name in names
        for event in (shelf.expected(f"{name}_koreksi_1"), shelf.filed(f"{name}_koreksi_1"))
    ]
    shelf.given(*closed, waits, *new).when(shelf.close()).refused("items-missing", field="items")
    late = shelf.expected("tanda_terima_gubernur", "b", kind="tanda_terima")
    shelf.given(*closed, waits, *new, shelf.HARD_COPY, late).when(shelf.close()).refused(
        "items-missing", field="items"
    )


def test_a_name_and_its_number_are_told_apart() -> None:
    assert [apart(numbered("gubernur", number)) for number in (0, 1, 12)] == [
        ("gubernur", 0),
        ("gubernur", 1),
        ("gubernur", 12),
    ]
