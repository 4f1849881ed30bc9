"""Two languages: the wish of the reader, and a catalogue that knows every sentence."""

import ast
import re

import pytest
from babel.messages.catalog import Catalog

from shared.web.words import catalogue, i18n


@pytest.mark.parametrize(
    ("asked", "remembered", "accepted", "language"),
    [
        ("en", "id", "id", "en"),
        (None, "en", "id", "en"),
        ("xx", None, "en-US,en;q=0.9,id;q=0.8", "id"),
        (None, None, "en-GB,en;q=0.9", "en"),
        (None, None, "fr,id;q=0.5", "id"),
        (None, None, None, "id"),
    ],
)
def test_the_wish_goes_before_the_memory_before_the_browser(
    asked: str | None, remembered: str | None, accepted: str | None, language: str
) -> None:
    assert i18n.choose(asked, remembered, accepted) == language


def test_indonesian_is_the_source_and_english_the_catalogue() -> None:
    assert i18n.gettext("Beranda") == "Beranda"
    forget = i18n.language.set("en")
    assert (i18n.gettext("Beranda"), i18n.gettext("tidak ada di katalog")) == ("Home", "tidak ada di katalog")
    assert (
        i18n.ngettext("Ada yang perlu diperbaiki", "Ada yang perlu diperbaiki", 2)
        == "Some things need mending"
    )
    i18n.language.reset(forget)


@pytest.fixture(scope="module")
def spoken() -> Catalog:
    """Read once: it goes through all code and templates."""
    return catalogue.spoken()


def test_every_sentence_has_an_english_translation(spoken: Catalog) -> None:
    assert catalogue.missing(catalogue.translated(), spoken) == []


def test_the_catalogue_holds_nothing_that_nobody_says(spoken: Catalog) -> None:
    assert catalogue.obsolete(catalogue.translated(), spoken) == []


def test_a_translation_keeps_the_places_that_are_filled_in() -> None:
    for message in catalogue.translated():
        if isinstance(message.id, str) and isinstance(message.string, str) and message.id and message.string:
            assert set(re.findall(r"{(\w*)}", message.id)) == set(re.findall(r"{(\w*)}", message.string)), (
                message.id
            )


def test_sentences_of_a_rules_table_are_found() -> None:
    rule = (
        'WAITING = {"a": "Satu.", "b": "Dua."}\nPLAIN = "Tiga."\n\ndef f():\n    raise Refused("x", '
        'WAITING["a"])\n    raise Refused("y", PLAIN)\n'
    )
    assert sorted(catalogue.tabled(ast.parse(rule))) == ["Dua.", "Satu.", "Tiga."]
