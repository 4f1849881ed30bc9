"""What a person typed, read by the writing of the page's language and refused where it could mean two things."""

from datetime import date

import pytest

from services.intake.forms import NotANumber, count, day_of, planned_of, print_of, row_of
from services.intake.sheet import next_digest, sheet, state_of, urusan_of
from shared.contracts.values import Figure, QualityItem
from shared.eventsourcing.decider import Refused
from shared.spm.catalogue import catalogue
from shared.spm.digest import digest
from shared.web.files import plain_name
from shared.web.i18n import language

INFO = catalogue().services["trantib.info_bencana"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", None),
        ("  ", None),
        ("0", 0),
        ("4075", 4075),
        ("4.075", 4075),
        ("200.558", 200558),
        ("1.234.567", 1234567),
        ("12 345", 12345),
        ("-3", -3),
    ],
)
def test_a_whole_number_is_read(text: str, number: int | None) -> None:
    assert count(text) == number


@pytest.mark.parametrize("text", ["4,075", "200,558", "4.07", "1.2345", "98,86", "98%", "dua", "1e3", "٣", "9" * 17, "-", "1.234,50"])
def test_what_could_mean_two_things_is_refused(text: str) -> None:
    with pytest.raises(NotANumber):
        count(text)


def test_in_english_the_comma_groups() -> None:
    token = language.set("en")
    try:
        assert count("200,558") == 200558
        with pytest.raises(NotANumber):
            count("200.558")
    finally:
        language.reset(token)


def test_a_row_is_read_with_its_quality_items() -> None:
    form = {
        "trantib.info_bencana.answer": "filled",
        "trantib.info_bencana.entitled": "58.800",
        "trantib.info_bencana.served": "51.240",
        "trantib.info_bencana.quality.kie.required": "4",
        "trantib.info_bencana.quality.kie.fulfilled": "3",
        "trantib.info_bencana.origin": " BPBD ",
        "trantib.info_bencana.was": "abc",
    }
    row = row_of(form, INFO)
    assert row.figure == Figure(served=51240, entitled=58800, quality={"kie": QualityItem(required=4, fulfilled=3)}, origin="BPBD")
    assert (row.errors, row.was) == ((), "abc")


def test_an_unreadable_cell_is_named() -> None:
    row = row_of({"trantib.info_bencana.served": "98%", "trantib.info_bencana.quality.kie.required": "4"}, INFO)
    assert [error.field for error in row.errors] == ["trantib.info_bencana.served", "trantib.info_bencana.quality.kie"]


def test_an_unknown_answer_is_the_usual_one() -> None:
    assert row_of({"trantib.info_bencana.answer": "mungkin"}, INFO).figure == Figure()


def test_a_date_is_read_or_refused_at_its_field() -> None:
    assert day_of({"day": "2026-02-17"}, "day") == date(2026, 2, 17)
    with pytest.raises(Refused) as refused:
        day_of({"day": "17/2/2026"}, "day")
    assert refused.value.field == "day"


def test_a_plan_is_read_where_there_is_one() -> None:
    assert planned_of({"summary": "x"}) is None
    assert planned_of({"planned.4": "2026-08-13"}) == {"4": date(2026, 8, 13)}


def test_the_print_of_a_figure_tells_it_from_others() -> None:
    assert print_of(Figure(served=1)) == print_of(Figure(served=1))
    assert print_of(Figure(served=1)) != print_of(Figure(served=2))


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
                served=1, entitled=2, budget=3, realised=4, quality={kind.id: QualityItem(required=1, fulfilled=1) for kind in INFO.quality}
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
        [INFO.id],
        {INFO.id: stored({"served": 9, "entitled": 5})},
        {INFO.id: stored({"served": 1, "entitled": 2})},
        [{"services": [INFO.id]}, {"services": ["sos.anak"]}],
        [{"service": INFO.id, "field": "served", "note": "?"}],
    )
    assert (row.cells["served"], row.evidence, row.by) == ("9", 1, "sri")
    assert str(row.last_share) == "1/2"
    assert [finding.rule for finding in row.found] == ["R02"]
    assert len(row.notes) == 1


def test_a_cell_shows_what_was_typed() -> None:
    (row,) = sheet([INFO.id], {}, {}, [], [], {f"{INFO.id}.served": "98%", f"{INFO.id}.was": "abc"})
    assert (row.cells["served"], row.cells["entitled"], row.was, row.blank) == ("98%", "", "abc", True)


def test_an_agency_has_the_urusan_of_its_services() -> None:
    assert [urusan.id for urusan in urusan_of(["sos.anak", "kes.balita", "unknown"])] == ["kesehatan", "sosial"]


def test_the_digest_on_the_button_is_the_one_that_handing_in_fixes() -> None:
    figures = {INFO.id: stored({"served": 1, "entitled": 2})}
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
