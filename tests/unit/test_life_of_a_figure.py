"""What belongs to the life of a figure, and what each event of it changed."""

from typing import Any

import pytest

from services.archive import streams
from services.archive.life.story import Changed, changed, concerns, latest, told

SUBMISSION, REPORT = "submission-3402-2026-dinkes-tahunan", "document-3402-2026-laporan"
BALITA = "kes.balita"


def line(kind: str, stream: str = SUBMISSION, *, role: str = "unsur_opd", **data: Any) -> dict[str, Any]:
    event = {"data": data, "metadata": {"actor": {"role": role}}}
    return {"stream": stream, "type": kind, "event": event}


def entered(served: int | None, service: str = BALITA) -> dict[str, Any]:
    return line("figure-entered", service=service, figure={"served": served, "entitled": 10})


def test_the_figure_of_another_service_is_left_out_and_what_follows_of_all_is_kept() -> None:
    rows = [
        entered(1),
        entered(5, "kes.ibu_hamil"),
        line("submission-received"),
        line("question-asked", "verification-3402-2026-dinkes-tahunan", service="kes.ibu_hamil"),
        line("question-asked", "verification-3402-2026-dinkes-tahunan", service=BALITA),
        entered(2),
        line("finding-assigned", "finding-3402-2026-dinkes-tahunan", service="kes.ibu_hamil"),
        line("finding-resolved", "finding-3402-2026-dinkes-tahunan", service=BALITA),
        line("document-drafted", REPORT, role="system"),
        line("document-opened", REPORT),
    ]
    chapters = told(rows, BALITA)
    assert [one.row["type"] for one in chapters] == [
        "figure-entered",
        "submission-received",
        "question-asked",
        "figure-entered",
        "finding-resolved",
        "document-drafted",
    ]
    assert [one.before for one in chapters if one.before is not None] == [{}, {"served": 1, "entitled": 10}]
    assert [one.by_a_person for one in chapters] == [True, True, True, True, True, False]
    assert latest(chapters)["served"] == 2


def test_a_service_without_a_figure_has_no_life() -> None:
    assert latest(told([entered(5, "kes.ibu_hamil"), line("submission-received")], BALITA)) == {}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"evidence": {"services": [BALITA, "kes.ibu_hamil"]}}, True),
        ({"evidence": {"services": ["kes.ibu_hamil"]}}, False),
        ({"services": ["kes.ibu_hamil"]}, False),
        ({"services": []}, True),
        ({}, True),
        ({"service": "kes.ibu_hamil", "services": [BALITA]}, False),
    ],
)
def test_what_concerns_a_service(data: dict[str, Any], expected: bool) -> None:
    assert concerns(SUBMISSION, "evidence-attached", data, BALITA) is expected


def test_a_blank_and_a_zero_are_told_apart() -> None:
    blank, zero = {}, {"figure.served": ("Terlayani", "0")}
    assert changed(blank, zero) == [Changed("Terlayani", "", "0")]
    assert changed(zero, blank) == [Changed("Terlayani", "0", "")]
    assert changed(zero, zero) == []


@pytest.mark.parametrize(
    ("stream", "data", "expected"),
    [
        (SUBMISSION, {"service": BALITA}, "/jejak-audit/angka/3402-2026-dinkes-tahunan/kes.balita"),
        ("agency-dinkes", {"service": BALITA}, ""),
        (SUBMISSION, {}, ""),
        (SUBMISSION, {"service": 5}, ""),
    ],
)
def test_where_a_life_is_told(stream: str, data: dict[str, Any], expected: str) -> None:
    assert streams.life_of(stream, data) == expected


def test_a_correction_has_dispatches_of_its_own() -> None:
    found = streams.around_a_figure("3402-2026", "3402-2026-dinkes-tahunan")
    dispatches = {"dispatch-3402-2026-gubernur", "dispatch-3402-2026-gubernur_koreksi_1"}
    assert {SUBMISSION, REPORT} | dispatches <= {*found}
