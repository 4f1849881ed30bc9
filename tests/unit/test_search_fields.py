"""The fields of the search of the audit trail: what each asks of the index."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.archive.search_words import kind_of_actor
from services.archive.trail import sought
from services.archive.trail.sought import EARLIEST, Sought, days, persons
from shared.access.people import People, Person

TODAY = date(2027, 3, 15)
SRI = Person(
    id="sri", name="Sri Lestari, S.E.", nip="196501011990012001", region="3402", agency="dinkes", offices=()
)
SRIANA = Person(id="ana", name="Sriana Dewi", nip="", region="3402", agency="dinsos", offices=())
PEOPLE = People({"sri": SRI, "ana": SRIANA}, {"dinkes": "Dinas Kesehatan", "dinsos": "Dinas Sosial"})


@given(st.dates(EARLIEST, date(2030, 1, 1)), st.integers(0, 900))
def test_the_words_of_a_span_are_all_its_days_and_no_other(first: date, length: int) -> None:
    last = first + timedelta(length)
    found = days(Sought(sejak=first.isoformat(), hingga=last.isoformat()), TODAY)
    every = [first + timedelta(number) for number in range(length + 1)]
    around = [first - timedelta(1), *every, last + timedelta(1)]
    meant = [day for day in around if {day.isoformat(), day.isoformat()[:7]} & set(found)]
    assert meant == every
    assert len(found) == len(set(found)) <= 60 + length // 28


@pytest.mark.parametrize(
    ("dari", "sampai", "expected"),
    [
        ("12 Mar 2027", "", ["2027-03-12", "2027-03-13", "2027-03-14", "2027-03-15"]),
        ("12/3/2027", "12 Maret 2027", ["2027-03-12"]),
        ("2027-02-01", "2027-02-28", ["2027-02"]),
        ("13/3/2027", "12/3/2027", []),
        ("besok", "12/3/2027", []),
        ("31/2/2027", "", []),
        ("2099-01-01", "", []),
    ],
)
def test_days_as_they_are_typed(dari: str, sampai: str, expected: list[str]) -> None:
    assert days(Sought(sejak=dari, hingga=sampai), TODAY) == expected


def test_an_open_beginning_begins_with_spm() -> None:
    assert days(Sought(hingga="2018-02-01"), TODAY) == ["2018-01", "2018-02-01"]
    assert Sought(sejak="x", hingga=" ").unreadable == ["sejak"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Sri", ["sri", "ana"]),
        ("sri les", ["sri"]),
        ("Sri Lestari, S.E.", ["sri"]),
        ("19650101 199001 2 001", ["sri"]),
        ("ana", ["ana"]),
        ("token:3402-dinkes", []),
        ("nobody", []),
    ],
)
def test_a_person_is_found_by_the_beginnings_of_the_name_or_by_the_number(
    typed: str, found: list[str]
) -> None:
    spoken = "".join(typed.split()).casefold()
    assert [one for one in persons(typed, PEOPLE) if one != spoken or one in found] == found


def test_who_acted_is_a_person_a_program_or_jejak() -> None:
    assert [kind_of_actor(one) for one in ("sri", "token:3402-x", "jejak:intake", "")] == [
        "person",
        "program",
        "system",
        "system",
    ]


def test_what_is_asked_stands_in_the_address_and_nothing_else() -> None:
    asked = Sought(cari="ibu hamil", nilai="4.075", alur=" ")
    assert asked.query == "cari=ibu+hamil&nilai=4.075"
    assert (bool(asked), asked.narrowed, Sought(cari="x").narrowed) == (True, True, False)
    assert not Sought(oleh=" ")


def test_every_choice_has_its_word() -> None:
    chosen = [*sought.documents(), *sought.actors(), *(one for _, kinds in sought.kinds() for one in kinds)]
    assert [key for key, said in chosen if "_" in said or "-" in said] == []
    assert sought.agencies(PEOPLE) == [("dinkes", "Dinas Kesehatan"), ("dinsos", "Dinas Sosial")]
