"""What a person typed, read by the writing of the page's language and
refused where it could mean two things.
"""

from datetime import date

import pytest

from services.intake.step.forms import day_of, planned_of
from services.intake.submission.sheet.rows import figures_of, next_digest, sheet, state_of, urusan_of
from services.intake.submission.sheet.typed_rows import row_of, rows_of, seen_of, seen_text
from services.intake.submission.sheet.warnings import Warnings
from shared.contracts.values import Figure, QualityItem
from shared.eventsourcing.commands.decider import Refused
from shared.spm.catalogue import current
from shared.spm.cells import changes
from shared.spm.digest import digest
from shared.spm.rules import findings
from shared.web.files.downloads import plain_name

INFO = current().services["trantib.info_bencana"]


def test_a_row_is_read_with_its_quality_items() -> None:
    form = {
        "trantib.info_bencana.answer": "filled",
        "trantib.info_bencana.entitled": "58.800",
        "trantib.info_bencana.served": "51.240",
        "trantib.info_bencana.quality.kie.required": "4",
        "trantib.info_bencana.quality.kie.fulfilled": "3",
        "trantib.info_bencana.origin": " BPBD ",
        "trantib.info_bencana.was": "{}",
    }
    (row,) = rows_of(form, current())
    assert row.figure == Figure(
        served=51240, entitled=58800, quality={"kie": QualityItem(required=4, fulfilled=3)}, origin="BPBD"
    )
    assert (row.errors, row.seen) == ((), Figure())


FULL = Figure(
    served=9,
    entitled=10,
    budget=5,
    quality={"kie": QualityItem(required=4, fulfilled=3)},
    reason="x",
    origin="y",
)


def test_what_was_seen_comes_back_from_the_form() -> None:
    assert seen_of(seen_text(FULL), INFO) == FULL
    assert seen_of(seen_text(Figure(answer="nihil")), INFO) == Figure(answer="nihil")


@pytest.mark.parametrize(
    "text", ["", "abc", "[]", "1", '{"served":"9","answer":"?","quality.kie.required":4}']
)
def test_a_field_that_says_nothing_stands_for_a_blank_row(text: str) -> None:
    assert seen_of(text, INFO) == Figure()


def test_a_cell_that_the_form_does_not_carry_changes_nothing() -> None:
    row = row_of({f"{INFO.id}.was": seen_text(FULL), f"{INFO.id}.served": "8"}, INFO)
    assert changes(row.seen, row.figure) == {"served": 8}


@pytest.mark.parametrize(
    ("typed", "where", "column"),
    [
        ({"served": "98%"}, "served", "Terlayani: "),
        ({"entitled": "4075 4122"}, "entitled", "Berhak: "),
        ({"budget": "8,6"}, "budget", "Anggaran: "),
        ({"realised": "dua"}, "realised", "Realisasi: "),
        ({"quality.kie.required": "empat"}, "quality.kie.required", "KIE"),
        ({"quality.kie.required": ""}, "quality.kie", "isi keduanya"),
    ],
)
def test_an_unreadable_cell_is_named_and_holds_nothing_else_up(
    typed: dict[str, str], where: str, column: str
) -> None:
    form = {f"{INFO.id}.{name}": text for name, text in {**typed, "origin": "z"}.items()} | {
        f"{INFO.id}.was": seen_text(FULL)
    }
    row = row_of(form, INFO)
    assert [error.field for error in row.errors] == [f"{INFO.id}.{where}"]
    assert column.casefold() in row.errors[0].sentence.casefold()
    assert changes(row.seen, row.figure) == {"origin": "z"}


def test_an_unknown_answer_is_the_one_that_was_seen() -> None:
    assert row_of({"trantib.info_bencana.answer": "mungkin"}, INFO).figure == Figure()


def test_a_date_is_read_or_refused_at_its_field() -> None:
    assert day_of({"day": "2026-02-17"}, "day") == date(2026, 2, 17)
    with pytest.raises(Refused) as refused:
        day_of({"day": "2/17/2026"}, "day")
    assert refused.value.field == "day"


def test_a_plan_is_read_where_there_is_one() -> None:
    assert planned_of({"summary": "x"}) is None
    assert planned_of({"planned.4": "2026-08-13"}) == {"4": date(2026, 8, 13)}


@pytest.mark.parametrize(
    ("figure", "state"),
    [
        (Figure(), "blank"),
        (Figure(served=1), "partial"),
        (Figure(answer="nihil", reason="x"), "nihil"),
        (Figure(answer="not_yet", reason="x"), "not_yet"),
        (Figure(served=1, entitled=2, budget=3, realised=4), "partial"),
        (
            Figure(
                served=1,
                entitled=2,
                budget=3,
                realised=4,
                quality={kind.id: QualityItem(required=1, fulfilled=1) for kind in INFO.quality},
            ),
            "complete",
        ),
    ],
)
def test_a_row_says_how_far_it_is(figure: Figure, state: str) -> None:
    assert state_of(INFO, figure) == state


def stored(figure: dict[str, object]) -> dict[str, object]:
    blank = {
        "answer": "filled",
        "served": None,
        "entitled": None,
        "budget": None,
        "realised": None,
        "quality": {},
        "reason": "",
        "origin": "",
    }
    return {"figure": {**blank, **figure}, "by": "sri"}


def test_the_sheet_shows_last_year_evidence_notes_and_findings() -> None:
    (row,) = sheet(
        current(),
        [INFO.id],
        {INFO.id: stored({"served": 9, "entitled": 5})},
        {INFO.id: stored({"served": 1, "entitled": 2})},
        [{"services": [INFO.id]}, {"services": ["sos.anak"]}],
        [{"service": INFO.id, "field": "served", "note": "?"}],
        {INFO.id: Warnings(stops=findings(INFO, Figure(served=9, entitled=5), complete=True))},
    )
    assert (row.cells["served"], row.evidence, row.by) == ("9", 1, "sri")
    assert str(row.last_share) == "1/2"
    assert [finding.rule for finding in row.found.stops] == ["R02"]
    assert len(row.notes) == 1


def test_a_cell_shows_what_was_typed() -> None:
    (row,) = sheet(
        current(), [INFO.id], {}, {}, [], [], {}, {f"{INFO.id}.served": "98%"}, {INFO.id: Figure(served=7)}
    )
    assert (row.cells["served"], row.stored["served"], row.cells["entitled"], row.blank) == (
        "98%",
        "",
        "",
        True,
    )
    assert seen_of(row.was, INFO) == Figure(served=7)


def test_an_agency_has_the_urusan_of_its_services() -> None:
    assert [urusan.id for urusan in urusan_of(["sos.anak", "kes.balita", "unknown"], current())] == [
        "kesehatan",
        "sosial",
    ]


def test_the_digest_on_the_button_is_the_one_that_handing_in_fixes() -> None:
    figures = figures_of({INFO.id: stored({"served": 1, "entitled": 2})})
    assert next_digest({"revision": 1}, figures, []) == digest({INFO.id: Figure(served=1, entitled=2)}, [], 2)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("rekap.pdf", "rekap.pdf"),
        ("C:\\data\\rekap.pdf", "rekap.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b.pdf", "ab.pdf"),
        ("", "berkas"),
    ],
)
def test_a_file_name_is_only_a_name(name: str, plain: str) -> None:
    assert plain_name(name) == plain
