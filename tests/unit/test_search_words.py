"""The words by which a line of the log is found: numbers, days and names look as they are printed,
and mean the same.
"""

from datetime import date
from itertools import product
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.archive.log.leaf import leaf_of, lookup_of
from services.archive.search_words import quoted, words_in
from services.archive.trail.searching import FEW, Search, meant_by, search_for
from services.documents.letters.formats import long_date
from shared.access.people import People, Person
from shared.eventsourcing.sql import Connection
from shared.spm.catalogue import current
from shared.web.words import formats, i18n
from tests.support.archive_room import plain

PEOPLE = People(
    {"sri": Person(id="sri", name="Sri Lestari, S.E.", nip="", region="3402", agency="dinkes", offices=())},
    {"dinkes": "Dinas Kesehatan"},
)


@given(st.integers(0, 10**15))
def test_a_number_is_one_word_however_it_is_printed(number: int) -> None:
    assert (
        set(words_in(str(number)))
        == set(words_in(formats.number(number)))
        == set(words_in(f"Rp{number:,},00".replace(",", ".")[:-3]))
        == {str(number)}
    )


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_day_is_one_word_however_it_is_printed(day: date) -> None:
    for language in ("id", "en"):
        token = i18n.language.set(language)
        assert {
            *words_in(formats.day(day)),
            *words_in(long_date(day)),
            *words_in(f"{day:%d/%m/%Y} {day:%d-%m-%Y}"),
        } == {day.isoformat()}
        i18n.language.reset(token)


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("98,86 %", "98.86"),
        ("98.86", "98.86"),
        ("1,50", "1.5"),
        ("Maret 2027", "2027-03"),
        ("CAFÉ", "cafe"),
        ("Rp 4.074", "4074"),
    ],
)
def test_what_is_typed_becomes_the_word_that_is_kept(typed: str, word: str) -> None:
    assert list(words_in(typed)) == [word]


def test_every_service_agency_and_person_is_found_by_its_full_name() -> None:
    named = {
        **{service.id: service.name for service in current().services.values()},
        "sri": "Sri Lestari, S.E.",
        "dinkes": "Dinas Kesehatan",
    }
    for found, name in named.items():
        words = meant_by(dict.fromkeys(words_in(name), ()), PEOPLE).words
        assert words, name
        assert [meant for meant in words if f"'v:{found}'" not in meant] == [], name


def test_a_year_is_found_by_its_months_and_a_person_by_the_number_of_the_office() -> None:
    people = People(
        {
            "sri": Person(
                id="sri",
                name="Sri Lestari",
                nip="196501011990012001",
                region="3402",
                agency="dinkes",
                offices=(),
            )
        },
        {},
    )
    assert "'2026-02'" in meant_by({"2026": ()}, people).whole
    assert "'v:sri'" in meant_by({"196501011990012001": ()}, people).whole
    assert "'19650101' & '199001' & '2' & '001'" in meant_by({"196501011990012001": ()}, people).whole


@pytest.mark.parametrize("typed", ["%", "_", "\\", "'", "''", '"', "<->", "&", "| !", ":*", "()"])
async def test_signs_alone_are_found_nowhere(typed: str) -> None:
    assert (await search_for(cast("Connection", None), typed, PEOPLE)).whole == "('-')"
    assert not await search_for(cast("Connection", None), "  ", PEOPLE)


def test_every_line_is_found_by_what_it_holds_and_by_nothing_else() -> None:
    leaf = leaf_of(plain(4073))
    assert {
        "v:dinkes",
        "v:sri",
        "k:thing-happened",
        "4073",
        "2026-11-23",
        "2026-11",
        "kutip",
        "2026",
        "tahunan",
    } <= leaf.words
    assert "false" not in leaf.words
    found = lookup_of(leaf.line)
    assert found is not None
    assert (found.source, found.position, found.words) == (leaf.source, leaf.position, leaf.words)
    assert lookup_of(b"bukan peristiwa") is None


@given(st.text(max_size=60))
def test_nothing_that_is_typed_breaks_the_query(typed: str) -> None:
    assert meant_by({word: [word] for word in words_in(typed)}, PEOPLE).whole.count("'") % 2 == 0


def test_what_the_index_is_asked_is_part_of_the_whole_and_never_nothing() -> None:
    many = tuple(quoted(f"v:petugas{number}") for number in range(FEW + 1))
    few = (quoted("opd07"), quoted("v:opd07"))
    assert Search((many, few)).by_index == Search((few,)).whole
    assert Search((many,)).by_index == Search((many,)).whole
    assert Search((many, few)).within("x").by_index == Search(((quoted("v:x"),), few)).whole
    assert Search().within("x") == Search()


def test_quotes_and_backslashes_are_no_part_of_a_word() -> None:
    assert all("'" not in word and "\\" not in word for word in product(words_in("o'ne b\\ack")))
