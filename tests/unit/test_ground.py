"""What a process says of the ground that it stands on: a full disk, a read-only one, a certificate."""

import errno
from pathlib import Path

import pytest

from shared.ground import watch
from shared.ground.watch import Ground, Wrong, found
from shared.troubles import Troubles
from tests.unit.pairs import DAY, NOW, Authority

PLACE = Path("/srv/jejak")


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (errno.ENOSPC, "storage-full"),
        (errno.EDQUOT, "storage-full"),
        (errno.EROFS, "storage-read-only"),
        (errno.EACCES, "storage-refused"),
        (errno.EIO, "storage-refused"),
    ],
)
def test_how_a_system_refuses_is_said(
    number: int, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "refusal", lambda _folder: OSError(number, "so"))
    assert [one.name for one in found([tmp_path])] == [name]


def test_a_good_folder_is_well_and_nothing_is_left_in_it(tmp_path: Path) -> None:
    assert found([tmp_path]) == []
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_has_gone_is_said(tmp_path: Path) -> None:
    assert [one.name for one in found([tmp_path / "gone"])] == ["storage-refused"]


def test_a_certificate_among_the_places_is_looked_at(tmp_path: Path) -> None:
    pem, key = Authority().pair("a.go.id", begins=NOW - 9 * DAY, ends=NOW - DAY).put(tmp_path)
    assert [one.name for one in found([pem])] == ["certificate-expired"]
    assert found([key]) == [], "what is no certificate is said by whoever uses it"


def test_troubles_come_and_go_with_the_ground() -> None:
    wrong = [
        Wrong("storage-full", PLACE, "No space left on device"),
        Wrong("certificate-soon", PLACE, "soon"),
    ]
    troubles = Troubles()
    ground = Ground([PLACE], troubles, look=lambda _places: wrong)
    assert ground.outage() == "storage-full"
    assert {one.name for one in troubles.listed()} == {"storage-full", "certificate-soon"}
    wrong.clear()
    assert ground.outage() == ""
    assert troubles.listed() == []


def test_a_disk_that_fails_after_a_look_is_seen_by_the_next() -> None:
    wrong: list[Wrong] = []
    ground = Ground([PLACE], Troubles(), look=lambda _places: wrong)
    assert ground.outage() == ""
    wrong.append(Wrong("storage-read-only", PLACE, "Read-only file system"))
    assert ground.outage() == "storage-read-only"


async def test_a_process_that_was_told_no_place_never_looks() -> None:
    await Ground((), Troubles()).run()
