"""Help beside the cells: every cell of every service has it, in sentences, and what is wrong with a file is
named.
"""

from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from shared.spm import field_help
from shared.spm.catalogue import current
from shared.spm.field_help import COMMON, COUNTED, FIELDS, BadHelp, FieldHelp, help_of, load
from shared.web.frame.templating import environment, folders_of
from shared.web.words.figure_words import CELLS
from shared.web.words.i18n import language
from tests.support.second_catalogue import ADDED, upgraded

INTAKE = Path(field_help.HERE).parents[1] / "services" / "intake"
TEXT = (field_help.HERE / "bantuan.toml").read_text(encoding="utf-8")


def whole(told: FieldHelp, field: str) -> bool:
    """Whether it says what is counted, where from, an example and what goes wrong."""
    example = bool(told.counted) or (field in COMMON and bool(told.example.id and told.example.en))
    in_both = all(words.id and words.en for words in (told.source, *told.mistakes))
    return bool(told.definition.id and told.mistakes and in_both and example)


@pytest.mark.parametrize("service", current().services)
def test_every_cell_of_every_service_has_its_help(service: str) -> None:
    told = help_of(current().services[service], current().version)
    assert tuple(told) == FIELDS
    assert [field for field in FIELDS if not whole(told[field], field)] == []


class Unmarked(HTMLParser):
    """The text of a page by what a screen reader is told of it: in the page's language, or Indonesian."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: list[bool] = []
        self.plain, self.indonesian = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.marks.append(dict(attrs).get("lang") == "id")

    def handle_endtag(self, tag: str) -> None:
        self.marks.pop()

    def handle_data(self, data: str) -> None:
        if any(self.marks):
            self.indonesian += data
        else:
            self.plain += data


@pytest.mark.parametrize("service", current().services)
def test_on_an_english_page_the_words_of_one_service_are_said_to_be_indonesian(service: str) -> None:
    kind = current().services[service]
    before = language.set("en")
    try:
        said = {
            "lang": "en",
            "help_of": lambda one: help_of(one, 1),
            "named": CELLS,
            "share_of": lambda pair: Fraction(pair[1], pair[0]),
            "catalogue_version": 1,
            "may": lambda _: False,
        }
        pieces: Any = environment(*folders_of(INTAKE)).get_template("submission_help.html").make_module(said)
        read = Unmarked()
        read.feed(str(pieces.card(kind)))
    finally:
        language.reset(before)
    told = [
        words
        for entry in help_of(kind, 1).values()
        for words in (entry.definition, entry.source, entry.example, *entry.mistakes)
        if words.id
    ]
    own = [words.id for words in told if not words.en]
    assert len(own) == len(COUNTED), "what is counted, in the words of the regulation"
    assert [text for text in (*own, kind.name, kind.unit) if text not in read.indonesian] == []
    assert [words.id for words in told if words.id in read.plain] == []
    assert [words.en for words in told if words.en and words.en not in read.plain] == []
    assert f" {kind.unit}." not in read.plain


def test_sources_and_mistakes_are_those_of_the_service() -> None:
    """No filler: nothing about served is said of two services alike, but for sources that they share."""
    told = [help_of(service, 1)["served"] for service in current().services.values()]
    assert len({entry.mistakes for entry in told}) == len(told)
    assert len({entry.source for entry in told}) >= len(told) - 3


def test_a_service_of_a_later_version_has_what_holds_of_all(tmp_path: Path) -> None:
    with upgraded(tmp_path) as later:
        told = help_of(later.services[ADDED], 2)
        assert told["served"].definition.id.startswith("Remaja yang mendapat")
        assert told["served"].counted is None
        assert told["served"].source.en
        assert help_of(later.services["kes.ibu_hamil"], 2) == help_of(current().services["kes.ibu_hamil"], 1)


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("catalogue = 1", "catalogue = 9", "names no version of the catalogue"),
        ("[field.budget]", "[field.dana]", "field dana is not a cell"),
        ('[service."kes.balita"]', '[service."kes.dewasa"]', "kes.dewasa is no service"),
        ("example = [226, 225]", "example = [225, 226]", "kes.odgj_berat has no example"),
        ("example = [226, 225]", "", "kes.odgj_berat has no example"),
        ("example = [226, 225]", "example = [226, 0]", "kes.odgj_berat has no example"),
        ('"Menghitung bayi di atas 28 hari."', '"  "', "kes.bayi_baru_lahir, served: a text is missing"),
        ('"SITB: orang terduga', f'"{"x" * 300} terduga', "kes.terduga_tb, served"),
        ('"Writing millions or thousands of rupiah.", ', "", "field budget: mistakes are not the same"),
        ('"Counting mild mental disorders."', "", "kes.odgj_berat, entitled: mistakes are not the same"),
        (
            'source_en = "SITB: suspected',
            'source_en = " ", x = "',
            "kes.terduga_tb, served: a text is missing",
        ),
    ],
)
def test_a_file_that_lacks_something_is_refused_by_name(
    tmp_path: Path, before: str, after: str, fault: str
) -> None:
    assert before in TEXT
    path = tmp_path / "bantuan.toml"
    path.write_text(TEXT.replace(before, after), encoding="utf-8")
    with pytest.raises(BadHelp) as refused:
        load(path)
    assert any(fault in said for said in refused.value.faults), refused.value.faults
