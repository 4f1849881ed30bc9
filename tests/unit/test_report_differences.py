"""The list of differences of a corrected report leaves out no number that is printed otherwise."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.documents.domain.report import build
from services.documents.letters.corrections import Correction, differences
from services.documents.letters.report_tables import report_tables
from shared.contracts.values import CorrectedSubmission, Figure
from shared.spm.catalogue import current
from tests.support.events import made
from tests.support.report_figures import approvals

NOW = build(current(), list(approvals()))
SERVICE = "kes.ibu_hamil"
FIGURE = next(one.figures[SERVICE] for one in NOW.approved if SERVICE in one.figures)
WRONG = {
    "served": replace(FIGURE, served=1),
    "one more served": replace(FIGURE, served=(FIGURE.served or 0) - 1),
    "entitled": replace(FIGURE, entitled=5000),
    "money": replace(FIGURE, budget=7, realised=3),
    "quality": replace(FIGURE, quality={}),
    "nihil": Figure(answer="nihil", reason="keliru"),
    "nothing": FIGURE,
}
OTHERWISE = {"exact", "note", "money_note", "incomplete", "without_index", "mark"}
"""Said with the number that they belong to, or not printed."""
ENTERED = {"entitled", "served", "budget", "realised", "required", "fulfilled"}
"""Cells of a service, listed as they were entered."""


def printed(tables: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """By what name the list calls it, which of its numbers, and the text that stands there."""
    fields = tables["fields_of_government"]
    for name, row, entered in (
        ("Seluruh urusan", tables, frozenset[str]()),
        *((f"Urusan {field['name']}", field, frozenset[str]()) for field in fields),
        *((line["name"], line, ENTERED) for field in fields for line in field["services"]),
        *((item["service"], item, ENTERED) for field in fields for item in field["items"]),
    ):
        yield from (
            (name, key, value)
            for key, value in row.items()
            if isinstance(value, str) and key not in OTHERWISE | entered
        )


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_every_number_that_is_printed_otherwise_is_listed(wrong: Figure) -> None:
    before = build(
        current(),
        [
            replace(one, figures={**one.figures, SERVICE: wrong}) if SERVICE in one.figures else one
            for one in NOW.approved
        ],
    )
    submission = made(CorrectedSubmission, agency="dinkes", figures={SERVICE: wrong})
    said = {"correction": 1, "revision": 1, "digest": "e" * 64, "number": "1", "issued_on": date(2027, 5, 3)}
    listed = {
        (name, was, now)
        for name, _, was, now in differences(Correction(**said, submissions=(submission,)), NOW)  # type: ignore[arg-type]
    }
    pairs = zip(printed(report_tables(before)), printed(report_tables(NOW)), strict=True)
    changed = {(name, key): (name, was, now) for (name, key, was), (*_, now) in pairs if was != now}
    assert {where: row for where, row in changed.items() if row not in listed} == {}
    assert bool(changed) == bool(listed)
