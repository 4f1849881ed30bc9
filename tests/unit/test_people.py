"""The people file: what it must say, and what it must not."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shared.access import people
from shared.access.people import PeopleFileInvalid

DAY = date(2026, 2, 17)


def file(**changes: Any) -> dict[str, Any]:
    office = {"role": "kabag", "valid_from": date(2025, 1, 1), **changes.pop("office", {})}
    person = {"id": "budi", "name": "Budi Santosa", "agency": "tapem", "office": [office], **changes}
    return {"agencies": {"tapem": "Bagian Tata Pemerintahan"}, "person": [person]}


def test_a_person_serves_from_the_first_day_to_the_last() -> None:
    known = people.parse(
        file(office={"valid_from": date(2026, 2, 17), "valid_until": date(2026, 2, 18)}), "3402"
    )
    serving = [bool(known.serving_on(date(2026, 2, day))) for day in (16, 17, 18, 19)]
    assert serving == [False, True, True, False]


def test_an_acting_office_says_so_in_its_title() -> None:
    known = people.parse(file(office={"acting": "plt", "acting_for": "siti"}), "3402")
    assert known.persons["budi"].offices_on(DAY)[0].title == "Plt. Kabag Tata Pemerintahan"


def test_an_office_is_for_the_own_agency_unless_it_names_another() -> None:
    assert people.parse(file(), "3402").persons["budi"].offices[0].agency == "tapem"


def test_a_person_who_left_the_file_keeps_the_recorded_id_as_name() -> None:
    known = people.parse(file(), "3402")
    assert (known.name("budi"), known.name("siti"), known.agency_name("lama")) == (
        "Budi Santosa",
        "siti",
        "lama",
    )


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"office": {"role": "raja"}}, "raja"),
        ({"office": {"agency": "mars"}}, "mars"),
        ({"office": {"acting": "pjs"}}, "pjs"),
        ({"office": [{"role": "kabag"}]}, "valid_from"),
    ],
)
def test_a_mistake_is_named_with_the_person(changes: dict[str, Any], complaint: str) -> None:
    document = (
        file(**changes)
        if isinstance(changes["office"], dict)
        else file() | {"person": [{**file()["person"][0], **changes}]}
    )
    with pytest.raises(PeopleFileInvalid, match=f"budi.*{complaint}"):
        people.parse(document, "3402")


@pytest.mark.parametrize("name", ["", " ", "sri ", "jejak:intake", "a\nb", "a\x00"])
def test_nobody_is_called_like_nobody_or_like_a_service(name: str) -> None:
    with pytest.raises(PeopleFileInvalid, match="id"):
        people.parse(file(id=name), "3402")


def test_nobody_stands_in_the_file_twice() -> None:
    document = file()
    with pytest.raises(PeopleFileInvalid, match="dua kali"):
        people.parse({**document, "person": document["person"] * 2}, "3402")


def test_a_file_is_read_as_toml(tmp_path: Path) -> None:
    path = tmp_path / "people.toml"
    path.write_text(
        '[agencies]\ntapem = "Tapem"\n[[person]]\nid = "budi"\nname = "Budi"\nnip = "1970"\nagency = '
        '"tapem"\n'
        '[[person.office]]\nrole = "kabag"\nvalid_from = 2025-01-01\n',
        encoding="utf-8",
    )
    assert people.load(path, "3402").persons["budi"].nip == "1970"


@pytest.mark.parametrize("text", [None, "[[person"])
def test_a_file_that_can_not_be_read_is_named(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "people.toml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(PeopleFileInvalid, match=r"people\.toml"):
        people.load(path, "3402")
