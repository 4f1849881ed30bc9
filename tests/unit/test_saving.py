"""A backup on the disk: whole or not at all, refused when one byte of it differs, opened by its keys only."""

import base64
import hashlib
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.wanted import Existing
from deploy.messages import CannotStart
from deploy.saving import keys, manifest, objects
from deploy.saving.keys import Told
from deploy.saving.manifest import Database, Manifest
from deploy.saving.place import Place, chosen, written
from deploy.saving.restore import look, restore
from deploy.saving.schedule import Schedule
from services.archive.domain.checkpoint import Signer
from shared.migrations.migrate import newest
from shared.objects.copies import Copy

AT = datetime(2026, 2, 17, 3, tzinfo=UTC)
SEED = bytes(range(32))
PASSPHRASE = Told(passphrase="kuda laut berenang malam")
IDENTITY = pyrage.x25519.Identity.generate()
RECIPIENT = Told(recipient=str(IDENTITY.to_public()))
OPENS = Told(identity=str(IDENTITY))
VKEY = str(Signer("jejak.id/3402", SEED).key)
FILES = {"secrets/checkpoint-key": base64.b64encode(SEED), "settings/jejak.toml": b"region = '3402'\n"}
CONTENT: Final = {hashlib.sha256(one).hexdigest(): one for one in (b"laporan", b"tanda terima", b"")}


def made(
    folder: Path, told: Told = RECIPIENT, change: Callable[[Manifest], Manifest] = lambda one: one
) -> Place:
    """A place with one backup, as `backup` writes it."""
    place = Place(folder)
    with place.begun(lambda: AT) as (making, _):
        for digest, content in CONTENT.items():
            assert place.keep(digest, [content])
        copies = [
            Copy(f"sha256/{one}", len(content), "text/plain", ("1",), ("1",))
            for one, content in CONTENT.items()
        ]
        for name, content in (
            (manifest.OBJECTS, objects.written({"jejak-work": copies})),
            (manifest.KEYS, keys.lock(FILES, told)),
            ("intake.dump", b"PGDMP and so on"),
        ):
            with written(making / name) as out:
                out.write(content)
        said = Manifest(
            format=manifest.FORMAT,
            made_at=AT.isoformat(),
            version="0.1.0",
            log_size=3,
            objects=3,
            object_bytes=19,
            damaged=(),
            databases={"intake": Database(newest("intake"), 7)},
            files={file.name: manifest.file_of(file) for file in making.iterdir()},
        )
        manifest.write(making, change(said), SEED)
    place.settle()
    return place


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return made(tmp_path_factory.mktemp("place"))


def key_of(refused: pytest.ExceptionInfo[CannotStart]) -> str:
    return refused.value.key


def test_a_backup_is_what_was_saved(one: Place) -> None:
    opened = look(one.folder, OPENS, VKEY)
    assert opened.files == FILES
    assert opened.manifest.log_size == 3
    assert [copy.digest for copy in opened.listing["jejak-work"]] == list(CONTENT)
    assert chosen(one.folder)[1] == chosen(one.backups()[0])[1]


@given(data=st.data())
def test_one_byte_changed_anywhere_is_refused(one: Place, data: st.DataObject) -> None:
    files = sorted(file for file in one.folder.rglob("*") if file.is_file() and file.stat().st_size)
    file = data.draw(st.sampled_from(files))
    whole = file.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.integers(1, 255))
    try:
        file.write_bytes(whole[:at] + bytes([whole[at] ^ other]) + whole[at + 1 :])
        with pytest.raises(CannotStart):
            look(one.folder, OPENS, VKEY)
    finally:
        file.write_bytes(whole)


@given(data=st.data())
def test_one_file_cut_short_taken_away_or_put_beside_is_refused(one: Place, data: st.DataObject) -> None:
    files = sorted(file for file in one.folder.rglob("*") if file.is_file() and file.stat().st_size)
    file = data.draw(st.sampled_from(files))
    whole, how = file.read_bytes(), data.draw(st.sampled_from(["short", "away", "longer", "beside"]))
    beside = one.backups()[0] / "more"
    try:
        match how:
            case "short":
                file.write_bytes(whole[:-1])
            case "longer":
                file.write_bytes(whole + b"\n")
            case "away":
                file.unlink()
            case _:
                beside.touch()
        with pytest.raises(CannotStart):
            look(one.folder, OPENS, VKEY)
    finally:
        file.write_bytes(whole)
        beside.unlink(missing_ok=True)


def test_what_somebody_else_signed_is_refused(one: Place, tmp_path: Path) -> None:
    """He has the recipient, which is no secret, and a key of his own."""
    theirs = {**FILES, "secrets/checkpoint-key": base64.b64encode(bytes(32))}
    shutil.copytree(one.folder, tmp_path / "copy")
    folder = Place(tmp_path / "copy").backups()[0]
    (folder / manifest.KEYS).write_bytes(keys.lock(theirs, RECIPIENT))
    said = msgspec.json.decode((folder / manifest.MANIFEST).read_bytes(), type=Manifest)
    files = {**said.files, manifest.KEYS: manifest.file_of(folder / manifest.KEYS)}
    manifest.write(folder, msgspec.structs.replace(said, files=files), bytes(32))
    with pytest.raises(CannotStart) as refused:
        look(folder, OPENS, VKEY)
    assert key_of(refused) == "backup-other-key"
    with pytest.raises(CannotStart) as refused:
        look(folder, OPENS)
    assert key_of(refused) == "backup-needs-vkey"
    with pytest.raises(CannotStart) as refused:
        look(folder, OPENS, "jejak.id/3402+00000000+AAAA")
    assert key_of(refused) == "backup-bad-vkey"


def test_a_signature_of_a_checkpoint_is_none_of_a_backup(one: Place, tmp_path: Path) -> None:
    shutil.copytree(one.folder, tmp_path / "copy")
    folder = Place(tmp_path / "copy").backups()[0]
    note = Signer("jejak.id/3402", SEED).sign(3, bytes(32))
    raw = base64.b64decode(note.rsplit(" ", 1)[1])[4:]
    (folder / manifest.SIGNATURE).write_bytes(raw)
    with pytest.raises(CannotStart) as refused:
        look(folder, OPENS, VKEY)
    assert key_of(refused) == "backup-not-signed"


def test_only_the_passphrase_opens_what_it_closed(tmp_path: Path) -> None:
    place = made(tmp_path, PASSPHRASE)
    assert look(place.folder, PASSPHRASE).files == FILES
    for told in (Told(passphrase="kuda laut berenang siang"), OPENS, Told(identity="AGE-SECRET-KEY-1X")):
        with pytest.raises(CannotStart) as refused:
            look(place.folder, told, VKEY)
        assert key_of(refused) == "backup-not-opened"
    with pytest.raises(CannotStart) as refused:
        look(place.folder, Told())
    assert key_of(refused) == "backup-no-way-in"


@pytest.mark.parametrize(
    ("told", "key"),
    [
        (Told(), "backup-no-key"),
        (OPENS, "backup-no-key"),
        (Told(passphrase="pendek"), "backup-short-passphrase"),
        (Told(recipient="age1zzz"), "backup-bad-recipient"),
    ],
)
def test_keys_are_never_saved_in_the_open(told: Told, key: str) -> None:
    with pytest.raises(CannotStart) as refused:
        keys.lock(FILES, told)
    assert key_of(refused) == key


def test_no_secret_stands_in_a_backup(one: Place) -> None:
    for file in one.folder.rglob("*"):
        if file.is_file():
            assert not any(content.strip() in file.read_bytes() for content in FILES.values())


@pytest.mark.parametrize(
    "change",
    [
        lambda said: msgspec.structs.replace(said, format=manifest.FORMAT + 1),
        lambda said: msgspec.structs.replace(said, databases={"intake": Database("intake_9999", 7)}),
    ],
)
def test_a_backup_of_a_newer_version_is_refused(
    tmp_path: Path, change: Callable[[Manifest], Manifest]
) -> None:
    with pytest.raises(CannotStart) as refused:
        look(made(tmp_path, change=change).folder, OPENS, VKEY)
    assert key_of(refused) == "backup-newer"


@pytest.mark.parametrize("name", ["secrets/../x", "settings/a/b", "passwd", "secrets/", "other/x"])
def test_no_name_among_the_keys_leads_out_of_the_folder(name: str) -> None:
    closed = keys.lock({name: b"x"}, RECIPIENT)
    with pytest.raises(CannotStart):
        keys.opened(closed, OPENS)


def test_nothing_is_restored_over_something(one: Place, tmp_path: Path) -> None:
    opened = look(one.folder, OPENS, VKEY)
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "version").write_text("1\n")
    with pytest.raises(CannotStart) as refused:
        restore(opened, tmp_path / "var", Existing())
    assert key_of(refused) == "restore-over"
    assert [file.name for file in (tmp_path / "var").iterdir()] == ["version"]


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ({"JEJAK_BACKUP_TO": "/x"}, "backup-half-ordered"),
        ({"JEJAK_BACKUP_EVERY_HOURS": "24"}, "backup-half-ordered"),
        ({"JEJAK_BACKUP_TO": "/x", "JEJAK_BACKUP_EVERY_HOURS": "0"}, "backup-half-ordered"),
        ({"JEJAK_BACKUP_TO": "/x", "JEJAK_BACKUP_EVERY_HOURS": "24"}, "backup-no-key"),
    ],
)
def test_half_a_schedule_is_refused(told: dict[str, str], key: str) -> None:
    with pytest.raises(CannotStart) as refused:
        Schedule.told(told)
    assert key_of(refused) == key


def test_a_backup_is_due_when_its_time_has_come(one: Place, tmp_path: Path) -> None:
    assert Schedule.told({}) is None
    told = {"JEJAK_BACKUP_TO": str(one.folder), "JEJAK_BACKUP_EVERY_HOURS": "24"}
    schedule = Schedule.told({**told, "JEJAK_BACKUP_RECIPIENT": RECIPIENT.recipient})
    assert schedule is not None
    assert schedule.due_in(AT + timedelta(hours=20)) == timedelta(hours=4)
    assert schedule.due_in(AT + timedelta(hours=25)) < timedelta(0)
    assert Schedule(Place(tmp_path), timedelta(hours=1)).due_in(AT) == timedelta(0)
