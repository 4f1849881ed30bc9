"""A blank cell is never shown as a zero: over every place that shows a figure, and every cell of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import to_builtins

from services.documents.domain.report import build
from services.documents.letters.report_tables import report_tables
from services.intake.findings.queries import Judged
from services.intake.submission.shapes import figure_out
from services.intake.submission.sheet.rows import sheet
from services.verification.checking.comparison import Marks, compare
from services.verification.domain.difference import cells
from shared.contracts.values import Figure, QualityItem
from shared.spm.catalogue import current
from shared.spm.cells import NUMBERS, said
from shared.spm.digest import canonical
from shared.spm.index import compute, of_service
from tests.support.report_figures import approved

CATALOGUE = current()
ID = "kes.ibu_hamil"
SERVICE = CATALOGUE.services[ID]
ITEMS = [kind.id for kind in SERVICE.quality]
FULL = Figure(
    entitled=4122,
    served=4075,
    budget=1_250_000,
    realised=1_000_000,
    quality={item: QualityItem(required=10, fulfilled=9) for item in ITEMS},
)
AT = datetime(2026, 2, 2, tzinfo=UTC)
CELLS = [*NUMBERS, f"quality.{ITEMS[0]}"]
Shown = Mapping[str, str]


def with_cell(field: str, value: int | None) -> Figure:
    """The full figure with one cell blank, or zero."""
    if not field.startswith("quality."):
        return replace(FULL, **{field: value})
    item = field.removeprefix("quality.")
    others = {name: amount for name, amount in FULL.quality.items() if name != item}
    return replace(
        FULL,
        quality=others if value is None else {**others, item: QualityItem(required=10, fulfilled=value)},
    )


def on_the_sheet(figure: Figure) -> Shown:
    stored = {ID: {"figure": to_builtins(figure), "by": "sri"}}
    (row,) = sheet(CATALOGUE, [ID], stored, {}, (), (), {})
    return {name: text for name, text in row.cells.items() if not name.endswith(".required")} | {
        "share": str(row.share)
    }


def to_a_program(figure: Figure) -> Shown:
    answer = figure_out(ID, {"figure": to_builtins(figure), "by": "sri", "at": AT}, Judged({}, {}))
    return dict(_flat(answer["figure"])) | {"percent": str(answer["percent"])}


def before_the_verifier(figure: Figure) -> Shown:
    (card,) = compare(CATALOGUE, {ID: figure}, (), {}, Marks.of((), ()))
    return {line.field: line.now for line in card.lines}


def in_changes(figure: Figure) -> Shown:
    return {field: text for (_, field), text in cells({ID: figure})}


def to_the_digest(figure: Figure) -> Shown:
    return {"": canonical({ID: figure}, (), 1).decode()}


def in_the_report(figure: Figure) -> Shown:
    tables = report_tables(build(CATALOGUE, [approved("a", "Dinas", "ab", {ID: figure})]))
    tables.pop("counted")  # a number of services, no figure
    urusan = tables["fields_of_government"][1]
    return dict(_flat({**tables, "fields_of_government": (), "urusan": urusan["services"][0]})) | dict(
        _flat({"items": urusan["items"][0], "sum": {name: urusan[name] for name in ("budget", "realised")}})
    )


def _flat(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _flat(part, f"{path}.{name}")
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _flat(part, f"{path}.{place}")
    else:
        yield path, str(value)


PLACES: list[Callable[[Figure], Shown]] = [
    on_the_sheet,
    to_a_program,
    before_the_verifier,
    in_changes,
    to_the_digest,
    in_the_report,
]
ZEROS = {"0", "0 %", "0,00", "0,00 %", "Rp0", "0\u202f†", "0,00\u202f†", "0,00\u00a0%", "0,00\u00a0%\u202f†"}


@pytest.mark.parametrize("field", CELLS)
@pytest.mark.parametrize("place", PLACES)
def test_a_blank_cell_is_not_shown_as_a_zero(place: Callable[[Figure], Shown], field: str) -> None:
    full, blank, zero = place(FULL), place(with_cell(field, None)), place(with_cell(field, 0))
    assert blank != zero
    turned = {name for name, text in blank.items() if text in ZEROS and full.get(name) not in ZEROS}
    assert turned == set()


@pytest.mark.parametrize("place", PLACES)
def test_a_blank_figure_shows_no_zero_at_all(place: Callable[[Figure], Shown]) -> None:
    assert {name for name, text in place(Figure(reason="x")).items() if text in ZEROS} == set()


@pytest.mark.parametrize("field", CELLS)
def test_a_blank_cell_is_a_blank_for_a_program(field: str) -> None:
    value = with_cell(field, None).quality.get(ITEMS[0]) if field.startswith("quality.") else None
    assert said(value) == ""


@given(st.sets(st.sampled_from(["entitled", "served", *(f"quality.{item}" for item in ITEMS)]), min_size=1))
def test_an_index_over_blanks_names_each_and_counts_none_as_zero(blank: set[str]) -> None:
    figure = replace(
        FULL,
        **dict.fromkeys(blank & {"entitled", "served"}),
        quality={item: amount for item, amount in FULL.quality.items() if f"quality.{item}" not in blank},
    )
    found, full = of_service(CATALOGUE, ID, figure), of_service(CATALOGUE, ID, FULL)
    assert set(found.missing) == blank
    assert found.recipients in (None, full.recipients)
    assert found.quality in (None, full.quality)
    assert found.index in (None, full.index)
    assert compute(CATALOGUE, {ID: figure}).missing[ID] == found.missing


@pytest.mark.parametrize("field", [*CELLS[:2], *CELLS[4:]])
def test_the_report_marks_every_index_over_a_blank_and_names_the_cell(field: str) -> None:
    shown = in_the_report(with_cell(field, None))
    assert "†" not in shown[".urusan.served"] + shown[".urusan.entitled"]
    assert shown[".urusan.note"].startswith("Kosong: ")
    assert SERVICE.name in shown[".incomplete"]
    assert shown[".urusan.index"] == "–" or shown[".urusan.index"].endswith("†")


def test_the_report_says_of_how_many_services_a_sum_is_without() -> None:
    shown = in_the_report(with_cell("realised", None))
    said = ("budget", "realised", "absorption")
    assert [shown[f".urusan.{name}"] for name in said] == ["1.250.000", "–", "–"]
    assert [shown[f".{name}"] for name in said] == ["1.250.000\u202f†", "–", "–"]
    assert f"{len(CATALOGUE.services)} layanan" in shown[".money_note"]
