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
    "entitled": replace(FIGURE, entitled=5000),
    "money": replace(FIGURE, budget=7, realised=3),
    "quality": replace(FIGURE, quality={}),
    "nihil": Figure(answer="nihil", reason="keliru"),
    "nothing": FIGURE,
}
OTHERWISE = {"six_decimals", "exact", "note", "money_note", "incomplete", "without_index", "mark"}
"""Said with the number that they belong to."""
ENTERED = {"entitled", "served", "budget", "realised"}
"""Cells of a service, listed as they were entered."""


def printed(tables: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Where, and each text that stands there."""
    for where, row in (
        ("all", tables),
        *(("urusan", field) for field in tables["fields_of_government"]),
        *(("service", line) for field in tables["fields_of_government"] for line in field["services"]),
    ):
        yield from (
            (f"{where} {row.get('name', '')} {key}", value)
            for key, value in row.items()
            if isinstance(value, str) and key not in OTHERWISE and not (where == "service" and key in ENTERED)
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
        (was, now)
        for *_, was, now in differences(Correction(**said, submissions=(submission,)), NOW)  # type: ignore[arg-type]
    }
    pairs = zip(printed(report_tables(before)), printed(report_tables(NOW)), strict=True)
    changed = {f"{where}: {was} → {now}": (was, now) for (where, was), (_, now) in pairs if was != now}
    assert {where for where, both in changed.items() if both not in listed} == set()
    assert bool(changed) == bool(listed)
