"""The data folder: its format, its room, and where a part that may not run as root can live."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from deploy.local import places
from deploy.messages import CannotStart


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_a_new_data_folder_notes_its_format_and_opens_again(tmp_path: Path) -> None:
    folder = places.open_data_folder(tmp_path / "var")
    assert (folder / "version").read_text().strip() == str(places.DATA_FORMAT)
    assert places.open_data_folder(folder) == folder


@pytest.mark.parametrize("found", ["2", "99", "?"])
def test_data_of_a_newer_jejak_is_left_alone(tmp_path: Path, found: str) -> None:
    (tmp_path / "version").write_text(found)
    with pytest.raises(CannotStart) as refused:
        places.open_data_folder(tmp_path)
    assert refused.value.key == "newer-data"
    assert (tmp_path / "version").read_text() == found


def test_a_full_disk_is_said_with_what_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(100, 90, 10 * 2**20))
    with pytest.raises(CannotStart) as refused:
        places.open_data_folder(tmp_path)
    assert refused.value.key == "disk-full"
    assert refused.value.facts["free"] == 10


def test_a_folder_below_a_closed_one_is_replaced_by_a_reachable_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setenv("JEJAK_STATE", str(tmp_path / "state"))
    place = places.place_for_nobody(closed / "var" / "postgres", "postgres")
    assert place.parent == tmp_path / "state"
    assert places.place_for_nobody(closed / "var" / "postgres", "postgres") == place
    assert places.place_for_nobody(closed / "other" / "postgres", "postgres") != place


def test_a_data_folder_that_was_deleted_and_made_again_does_not_find_the_old_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setenv("JEJAK_STATE", str(tmp_path / "state"))
    before = places.place_for_nobody(closed / "var" / "postgres", "postgres")
    shutil.rmtree(closed / "var")
    assert places.place_for_nobody(closed / "var" / "postgres", "postgres") != before


def test_the_cache_is_where_the_variable_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JEJAK_CACHE", "/somewhere")
    assert places.cache_folder() == Path("/somewhere")
    monkeypatch.delenv("JEJAK_CACHE")
    assert places.cache_folder().name == "jejak"
