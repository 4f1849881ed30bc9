"""Rules of a submission's cells (SOP step 7): two people on one row, and what one of them has not seen."""

from dataclasses import replace

import pytest

from services.intake.domain.submission import submission
from services.intake.domain.submission_commands import (
    EnterFigure,
)
from shared.contracts.values import Figure, QualityItem
from shared.eventsourcing.commands.decider import Refused
from shared.spm.cells import with_cells
from tests.unit.test_submission import ACT, ADI, ENTERED, FIGURE, OPENED, SERVICES, given

CELLS = {
    "answer": "not_yet", "served": 800, "entitled": 2000, "budget": 7, "realised": 6, "reason": "r",
    "origin": "o",
    "quality.kie": QualityItem(required=4, fulfilled=4),
}  # fmt: skip


def changed(**cells: object) -> EnterFigure:
    """What a person types who had seen the first figure."""
    return EnterFigure(
        service=SERVICES[0], figure=with_cells(FIGURE, {"reason": "r", **cells}), seen=FIGURE, **ACT
    )


@pytest.mark.parametrize("field", CELLS)
def test_two_people_on_one_row_change_their_own_cells(field: str) -> None:
    """Whatever cell the first changed, the second changes every other one and neither is lost."""
    first = replace(ENTERED, figure=with_cells(FIGURE, {"reason": "r", field: CELLS[field]}), by="adi")
    others = {name: value for name, value in CELLS.items() if name != field}
    command = replace(changed(**others), figure=with_cells(FIGURE, others))
    both = with_cells(first.figure, others)
    given(OPENED, ENTERED, first).when(command).then(replace(ENTERED, figure=both))


@pytest.mark.parametrize("field", CELLS)
def test_a_cell_that_somebody_else_changed_is_refused_by_name(field: str) -> None:
    other = {
        "answer": "nihil",
        "quality.kie": QualityItem(required=4, fulfilled=1),
        "reason": "a",
        "origin": "b",
    }.get(field, 1)
    evacuation = SERVICES[1]  # may be nihil
    first = replace(
        ENTERED, service=evacuation, figure=with_cells(Figure(), {"reason": "a", field: other}), by="adi"
    )
    command = EnterFigure(
        service=evacuation, figure=with_cells(Figure(), {field: CELLS[field]}), seen=Figure(), **ACT
    )
    if field == "quality.kie":
        first, command = replace(first, service=SERVICES[0]), replace(command, service=SERVICES[0])
    given(OPENED, first).when(command).refused("cell-conflict", field=field)


def test_a_conflict_says_who_and_from_what_to_what() -> None:
    with pytest.raises(Refused) as refused:
        submission.decide(changed(served=870), submission.fold([OPENED, ENTERED, ADI]))
    assert refused.value.facts == {
        "who": "adi",
        "on": "2027-01-21",
        "seen": "900",
        "stored": "950",
        "typed": "870",
    }


def test_the_same_value_from_two_people_is_no_conflict_and_no_news() -> None:
    given(OPENED, ENTERED, ADI).when(replace(changed(), figure=replace(FIGURE, served=950))).then()


def test_what_the_person_did_not_change_is_never_changed() -> None:
    given(OPENED, ENTERED, ADI).when(replace(changed(), figure=FIGURE)).then()
    given(OPENED, ENTERED, replace(ENTERED, figure=Figure(), by="adi")).when(changed(served=870)).refused(
        "cell-conflict", field="served"
    )


def test_a_rule_looks_at_the_row_as_it_will_be() -> None:
    fewer = replace(ENTERED, figure=replace(FIGURE, entitled=901), by="adi")
    given(OPENED, ENTERED, fewer).when(changed(served=902)).refused("R02", field="served")
