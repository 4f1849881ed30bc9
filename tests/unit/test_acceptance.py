"""Rules of accepting single figures of a submission (SOP step 8)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.verification.domain.acceptance import AcceptFigure
from services.verification.domain.phases import Waiting
from services.verification.domain.verification import verification
from shared.contracts.talk import FigureAccepted
from shared.contracts.values import CellChange
from tests.unit import test_talk as talk
from tests.unit import test_verification as case
from tests.unit.test_verification import given

SERVICE = "kes.ibu_hamil"
TWO = replace(
    case.OPENED,
    figures={
        SERVICE: case.FIGURE,
        "kes.balita": replace(case.FIGURE, served=None, entitled=None, quality={}),
    },
)
AGAIN = replace(TWO, revision=2, digest="b" * 64)
ABOUT = {name: value for name, value in talk.ABOUT.items() if name != "field"}
ACCEPTED = FigureAccepted(**ABOUT, digest=case.OPENED.digest, by="wulan", occurred_on=talk.DAY)
OTHER = replace(ACCEPTED, service="kes.balita")
WAITS = (TWO,)


def accept(**said: Any) -> AcceptFigure:
    usual = AcceptFigure(service=SERVICE, digest=case.OPENED.digest, by="wulan", occurred_on=talk.DAY)
    return replace(usual, **said)


def test_a_figure_is_accepted_once() -> None:
    given(*WAITS).when(accept()).then(ACCEPTED)
    given(*WAITS, ACCEPTED).when(accept()).then()
    given(*WAITS, OTHER).when(accept()).then(ACCEPTED)


@pytest.mark.parametrize(
    ("history", "said", "code", "field"),
    [
        (WAITS, {"service": "sos.anak"}, "note-service", "service"),
        (WAITS, {"by": "sri"}, "R17", None),
        (WAITS, {"digest": "b" * 64}, "digest-conflict", "digest"),
        (WAITS, {"occurred_on": date(2026, 11, 1)}, "before-handed-in", "occurred_on"),
        ((*WAITS, talk.ASKED), {}, "figure-questioned", "service"),
        ((*WAITS, talk.ASKED, talk.ANSWERED), {}, "figure-questioned", "service"),
        ((replace(TWO, evidence=()),), {}, "R07", "service"),
        ((), {}, "verification-closed", None),
        ((*WAITS, case.APPROVED), {}, "verification-closed", None),
        ((*WAITS, case.RETURNED), {}, "verification-closed", None),
    ],
)
def test_nobody_accepts(
    history: tuple[object, ...], said: dict[str, Any], code: str, field: str | None
) -> None:
    """...what is not there, own figures, others than were seen, what is asked about, or without evidence."""
    given(*history).when(accept(**said)).refused(code, **({"field": field} if field else {}))


def test_it_needs_no_acceptance_to_approve_the_whole() -> None:
    approved = replace(case.APPROVED, figures=TWO.figures, occurred_on=talk.DAY)
    given(*WAITS).when(case.approve(on=talk.DAY)).then(approved)


def test_it_holds_until_the_figure_changes_or_somebody_asks_about_it() -> None:
    """...and a return says of which figures it speaks."""
    changed = CellChange(service=SERVICE, field="served", before="1", after="2")
    elsewhere = replace(changed, service="kes.balita")
    without_notes = replace(case.RETURNED, fields=())
    for history, held in (
        ((without_notes, AGAIN), True),
        ((without_notes, replace(AGAIN, changes=(elsewhere,))), True),
        ((without_notes, replace(AGAIN, changes=(changed,))), False),
        ((case.RETURNED, AGAIN), False),
        ((case.APPROVED, case.VOIDED, AGAIN), True),
        ((talk.ASKED, talk.SETTLED), False),
    ):
        state = verification.fold([*WAITS, ACCEPTED, *history])
        assert isinstance(state, Waiting)
        assert (SERVICE in state.accepted) == held, history
