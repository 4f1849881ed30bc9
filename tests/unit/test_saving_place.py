"""The place of backups: nothing in it is half done, and nothing in it is lost to another."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.messages import CannotStart
from deploy.saving.place import Place, chosen

AT = datetime(2026, 2, 17, 3, tzinfo=UTC)


def test_a_backup_that_was_not_finished_is_none(tmp_path: Path) -> None:
    """Whether it failed or its process was killed; the next one clears it away."""
    place = Place(tmp_path)
    with pytest.raises(CannotStart), place.begun(lambda: AT) as (making, _):
        (making / "intake.dump").write_bytes((making / "nothing").read_bytes())
    assert list(tmp_path.glob(".*")) == place.backups() == []
    left = tmp_path / f".unfinished-{AT:%Y%m%dT%H%M%SZ}"
    left.mkdir()
    (left / "intake.dump").touch()
    with pytest.raises(CannotStart) as refused:
        chosen(tmp_path)
    assert refused.value.key == "backup-none"
    piece = tmp_path / "objects" / "00" / ".00ab.unfinished"
    piece.parent.mkdir(parents=True)
    piece.touch()
    with place.begun(lambda: AT + timedelta(hours=1)):
        assert not left.exists()
        assert not piece.exists()
    assert [one.name for one in place.backups()] == ["20260217T040000Z"]


def test_two_backups_at_once_do_not_mix(tmp_path: Path) -> None:
    with (
        Place(tmp_path).begun(lambda: AT),
        pytest.raises(CannotStart) as refused,
        Place(tmp_path).begun(lambda: AT),
    ):
        pass
    assert refused.value.key == "backup-under-way"


def test_a_backup_takes_no_name_that_another_bears(tmp_path: Path) -> None:
    """A backup bears its second: one that is done within it is not lost to the next, nor in its way."""
    place, clock = Place(tmp_path), iter([AT, AT, AT, AT + timedelta(seconds=1)])
    for _ in range(2):
        with place.begun(lambda: next(clock)) as (making, at):
            (making / "intake.dump").write_text(str(at))
    assert [(one.name, (one / "intake.dump").read_text()) for one in place.backups()] == [
        (f"{at:%Y%m%dT%H%M%SZ}", str(at)) for at in (AT, AT + timedelta(seconds=1))
    ]


def test_bytes_that_are_not_those_of_their_digest_are_not_kept(tmp_path: Path) -> None:
    place = Place(tmp_path)
    digest = hashlib.sha256(b"laporan").hexdigest()
    with place.begun(lambda: AT):
        assert not place.keep(digest, [b"lapor", b"am"])
        assert not place.has(digest, 7)
        assert place.keep(digest, [b"lapor", b"an"])
        assert place.has(digest, 7)
        assert not place.has(digest, 8)
    assert [file.name for file in place.object(digest).parent.iterdir()] == [digest]


@pytest.mark.parametrize("digest", ["../../../etc/passwd", "", "A" * 64, "0" * 63])
def test_no_name_leads_out_of_the_place(tmp_path: Path, digest: str) -> None:
    with pytest.raises(CannotStart):
        Place(tmp_path).object(digest)
