"""What a submission keeps of everybody's work: whose a cell is, which papers there are, who took part."""

from dataclasses import replace
from datetime import date

import pytest

from services.intake.domain.submission import submission
from services.intake.domain.submission_commands import (
    AttachEvidence,
    AttachSignedSheet,
    EnterFigure,
    HandIn,
    TakeBack,
    WithdrawEvidence,
)
from services.intake.domain.submission_state import refuse_blocking
from shared.contracts.intake import (
    EvidenceAttached,
    EvidenceWithdrawn,
    FigureEntered,
    SubmissionOpened,
    SubmissionReceived,
    SubmissionReopened,
)
from shared.contracts.values import AttachedEvidence, Figure, QualityItem, StoredFile
from shared.eventsourcing.commands.decider import Refused
from shared.spm.catalogue import current
from shared.spm.digest import digest
from shared.spm.rules import Finding
from tests.support.given_when_then import Given

WHOSE = {"cycle": "3402-2026", "agency": "bpbd", "period": "tahunan"}
ACT = {"by": "sri", "occurred_on": date(2027, 1, 20)}
INFO, EVACUATION = "trantib.info_bencana", "trantib.evakuasi_bencana"
OPENED = SubmissionOpened(
    catalogue=1,
    **WHOSE,
    agency_name="BPBD",
    services=(INFO, EVACUATION),
    occurred_on=date(2026, 9, 1),
)
QUALITY = {item.id: QualityItem(required=4, fulfilled=3) for item in current().services[INFO].quality}
FIGURE = Figure(served=900, entitled=1000, budget=90, realised=80, quality=QUALITY)
NIHIL = Figure(answer="nihil", reason="tidak ada bencana")
ENTERED = FigureEntered(**WHOSE, service=INFO, figure=FIGURE, **ACT)
FILE = StoredFile(digest="a" * 64, name="rekap.pdf", media_type="application/pdf", size=10)
OTHER = replace(FILE, digest="b" * 64, name="foto.pdf")
EVIDENCE = AttachedEvidence(file=FILE, services=(INFO,))
ATTACHED = EvidenceAttached(**WHOSE, evidence=EVIDENCE, **ACT)
OTHER_ATTACHED = replace(ATTACHED, evidence=AttachedEvidence(file=OTHER, services=(INFO,)))
FIGURES = {INFO: FIGURE, EVACUATION: NIHIL}
FILLED = (OPENED, ENTERED, FigureEntered(**WHOSE, service=EVACUATION, figure=NIHIL, **ACT))


def given(*history: object) -> Given:
    return Given(submission, history)


def enter(figure: Figure, seen: Figure) -> EnterFigure:
    return EnterFigure(service=INFO, figure=figure, seen=seen, **ACT)


def received(*evidence: AttachedEvidence, **said: object) -> SubmissionReceived:
    return SubmissionReceived(
        **{
            "catalogue": 1,
            **WHOSE,
            "agency_name": "BPBD",
            "revision": 1,
            "figures": FIGURES,
            "evidence": evidence,
            "entered_by": ("sri",),
            "digest": digest(FIGURES, evidence, 1),
            **ACT,
            **said,
        }
    )


def test_a_cell_that_somebody_changed_is_theirs_and_the_others_stay_whose_they_were() -> None:
    later = replace(ENTERED, figure=replace(FIGURE, served=950), by="adi", occurred_on=date(2027, 1, 21))
    given(OPENED, ENTERED, later).when(enter(Figure(entitled=7), Figure(entitled=8))).refused(
        "cell-conflict", field="entitled", who="sri", on="2027-01-20", stored="1000"
    )
    given(OPENED, ENTERED, later).when(enter(Figure(served=7), Figure(served=8))).refused(
        "cell-conflict", field="served", who="adi", on="2027-01-21", stored="950"
    )


def test_a_conflict_over_a_cell_that_nobody_wrote_names_nobody_and_shows_blanks_as_dashes() -> None:
    given(OPENED).when(enter(Figure(served=870), Figure(served=900))).refused(
        "cell-conflict", field="served", who="", on="", seen="900", stored="–", typed="870"
    )
    given(OPENED, ENTERED).when(enter(Figure(served=870), Figure())).refused(
        "cell-conflict", field="served", seen="–", stored="900", typed="870"
    )
    given(OPENED, ENTERED).when(enter(Figure(), Figure(served=870))).refused(
        "cell-conflict", field="served", seen="870", stored="900", typed="–"
    )


def test_the_same_bytes_support_more_services_under_the_name_they_are_known_by() -> None:
    again = AttachedEvidence(file=replace(FILE, name="salinan.pdf"), services=(EVACUATION,))
    both = AttachedEvidence(file=FILE, services=(INFO, EVACUATION))
    given(OPENED, ATTACHED).when(AttachEvidence(evidence=again, **ACT)).then(replace(ATTACHED, evidence=both))


def test_evidence_that_is_attached_again_leaves_the_other_papers_there() -> None:
    both = AttachedEvidence(file=FILE, services=(INFO, EVACUATION))
    history = (*FILLED, ATTACHED, OTHER_ATTACHED, replace(ATTACHED, evidence=both))
    given(*history).when(HandIn(**ACT)).then(received(OTHER_ATTACHED.evidence, both))


WITHDRAW = WithdrawEvidence(digest=FILE.digest, reason=" berkas keliru ", **ACT)
WITHDRAWN = EvidenceWithdrawn(**WHOSE, digest=FILE.digest, reason="berkas keliru", **ACT)


def test_who_withdraws_a_paper_has_worked_on_the_submission() -> None:
    given(OPENED, ATTACHED).when(WITHDRAW).then(WITHDRAWN)
    given(*FILLED, ATTACHED, OTHER_ATTACHED, replace(WITHDRAWN, by="adi")).when(HandIn(**ACT)).then(
        received(OTHER_ATTACHED.evidence, entered_by=("sri", "adi"))
    )


def test_a_sheet_is_named_by_the_first_eight_letters_of_its_digest() -> None:
    now = digest(FIGURES, (), 1)
    given(*FILLED).when(HandIn(digest="0123456789" + "a" * 54, **ACT)).refused(
        "sheet-conflict", now=now[:8], seen="01234567"
    )
    given(*FILLED).when(AttachSignedSheet(sheet="0123456789" + "a" * 54, file=FILE, **ACT)).refused(
        "sheet-unknown", field="sheet", digest="01234567"
    )


def test_the_reason_of_taking_back_is_kept_without_the_blanks_around_it() -> None:
    given(*FILLED, received()).when(TakeBack(reason=" salah penyebut ", endorsed=False, **ACT)).then(
        SubmissionReopened(**WHOSE, revision=1, reason="salah penyebut", fields=(), **ACT)
    )


def test_only_what_a_rule_blocks_is_refused() -> None:
    """Today every rule blocks; one that only warns or informs lets the figure pass."""
    warning, block = Finding("R09", "warn", "served", "Periksa."), Finding("R02", "block", "served", "Salah.")
    refuse_blocking([warning, replace(warning, level="inform")])
    with pytest.raises(Refused) as refused:
        refuse_blocking([warning, block], prefix="kes.balita.")
    assert (refused.value.code, refused.value.field) == ("R02", "kes.balita.served")
