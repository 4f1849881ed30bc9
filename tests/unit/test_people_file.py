"""The people file while somebody saves it: no half of it ever counts."""

import os
from pathlib import Path

import pytest

from shared.access import people_file
from shared.access.people_file import PeopleFile
from shared.troubles import Troubles

AGENCIES = '[agencies]\ndinkes = "Dinas Kesehatan"\n'


def person(name: str) -> str:
    return (
        f'\n[[person]]\nid = "{name}"\nname = "{name.title()}"\nagency = "dinkes"\noffice = [{{ role = '
        f'"kabag", valid_from = 2025-01-01 }}]\n'
    )


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(people_file, "LOOK_S", 0.0)  # every question looks
    path = tmp_path / "people.toml"
    path.write_text(AGENCIES + person("sri") + person("agus") + person("nur"))
    return path


def left_alone(path: Path) -> None:
    os.utime(path, (1, 1))


def names(file: PeopleFile) -> set[str]:
    return set(file.now().persons)


def test_wherever_a_save_is_cut_off_nobody_is_struck_while_it_goes_on(path: Path) -> None:
    troubles = Troubles()
    file, whole = PeopleFile(path, troubles), path.read_bytes() + person("baru").encode()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert names(file) == {"sri", "agus", "nur"}, whole[:length]
    path.write_bytes(whole)
    left_alone(path)
    assert names(file) == {"sri", "agus", "nur", "baru"}
    assert troubles.listed() == []


def test_a_file_whose_clock_is_ahead_counts_once_two_looks_find_it_the_same(path: Path) -> None:
    file = PeopleFile(path, Troubles())
    path.write_text(AGENCIES + person("sri"))
    os.utime(path, (4_000_000_000, 4_000_000_000))
    assert [names(file), names(file)] == [{"sri", "agus", "nur"}, {"sri"}]


def test_one_who_was_struck_long_ago_gets_no_last_request(path: Path) -> None:
    file = PeopleFile(path, Troubles())
    path.write_text(AGENCIES + person("sri"))
    left_alone(path)
    assert names(file) == {"sri"}


@pytest.mark.parametrize("text", ["", "# nobody", AGENCIES, "person = []"])
def test_a_file_with_nobody_in_it_changes_nothing_and_is_told(path: Path, text: str) -> None:
    troubles = Troubles()
    file = PeopleFile(path, troubles)
    path.write_text(text)
    left_alone(path)
    assert names(file) == {"sri", "agus", "nur"}
    assert [trouble.name for trouble in troubles.listed()] == [people_file.TROUBLE]
    path.write_text(AGENCIES + person("nur"))
    left_alone(path)
    assert (names(file), troubles.listed()) == ({"nur"}, [])


def test_a_file_that_is_renamed_away_and_back_is_no_trouble(path: Path) -> None:
    troubles = Troubles()
    file = PeopleFile(path, troubles)
    path.rename(aside := path.with_suffix(".bak"))
    assert names(file) == {"sri", "agus", "nur"}
    aside.rename(path)
    assert (names(file), troubles.listed()) == ({"sri", "agus", "nur"}, [])
