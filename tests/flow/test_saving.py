"""Backup and restore of a whole installation: made under load, killed, out of room, restored, proven."""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from deploy.commands.play import whole_export
from deploy.local.instance import Instance
from deploy.messages import CannotStart
from deploy.saving import objects, proof
from deploy.saving.backup import backup
from deploy.saving.keys import Told, unlocked, verifier_key
from deploy.saving.place import Place
from deploy.saving.restore import Opened, look
from deploy.saving.schedule import Schedule, keep, once
from services.archive.proof import verifier
from shared.objects.copies import Copy
from shared.service_names import SERVICES
from tests.flow.saved import OTHER, PASSPHRASE, TOLD, YEAR, Load, dumped, finished, run, table
from tests.support.parts import own_folder, remove_folder

LINES = "SELECT source, stream, version, hash FROM leaf WHERE index < %s ORDER BY index"


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    folder = own_folder("saved")
    yield Place(folder / "place")
    remove_folder(folder)


@pytest.fixture(scope="module")
def jejak() -> Iterator[Instance]:
    """An installation of its own: whole tests leave many cycles behind."""
    folder = own_folder("saving")
    with Instance(folder / "var", parts="real") as instance:
        yield instance
    remove_folder(folder / "var")
    remove_folder(folder)


@pytest.fixture(scope="module")
def under_load(jejak: Instance, place: Place) -> list[Path]:
    """Backups that were made one after the other while a cycle ran, and one after its end."""
    load, made = Load(jejak), list[Path]()
    load.start()
    while load.is_alive():
        made.append(backup(jejak.folder, place, TOLD).folder)
        time.sleep(1.5)  # a backup is named by its second
    made.append(backup(jejak.folder, place, TOLD).folder)
    assert (load.failed, load.steps) == ([], 13)
    return made


def opened(folder: Path, jejak: Instance) -> Opened:
    return look(folder, TOLD, verifier_key(jejak.folder))


def rows(instance: Instance, service: str, question: str, *values: object) -> list[tuple[object, ...]]:
    with psycopg.connect(instance.database_url(service, owner=True)) as conn:
        return conn.execute(question.encode(), values).fetchall()


def test_no_database_of_a_backup_knows_more_than_its_sources(under_load: list[Path]) -> None:
    """What each took in, in each backup, against what its source holds in the same one. Looked at in the
    dumps themselves, of which no service has mended anything.
    """
    seen = 0
    for folder in under_load:
        held = {name: dumped(folder, name) for name in SERVICES}
        for reader in SERVICES:
            for (source, stream), version in held[reader][1].items():
                assert held[source][0].get(stream, 0) >= version, (folder.name, reader, source, stream)
                seen += 1
    assert seen > 100
    assert len(under_load) > 2


@pytest.mark.test_all
def test_what_was_saved_in_the_middle_runs_on_is_saved_again_and_proves_itself(
    under_load: list[Path], jejak: Instance
) -> None:
    """What the services had not taken in from each other by then, they take in from nothing but databases."""
    saved = opened(under_load[len(under_load) // 2], jejak)
    size = saved.manifest.log_size
    assert 0 < size < rows(jejak, "archive", "SELECT size FROM tree")[0][0]
    with proof.restored(saved) as instance:
        assert rows(instance, "archive", LINES, size) == rows(jejak, "archive", LINES, size)
        assert proof.until_equal(instance) == ""
        again = Place(instance.folder.parent / "again")
        second = opened(backup(instance.folder, again, TOLD).folder, jejak)
        before, after = of_bucket_and_key(saved), of_bucket_and_key(second)
        for place, copy in before.items():
            assert set(copy.stands_for) <= set(after[place].stands_for)
            lock = after[place].lock
            assert copy.lock is None or (lock is not None and lock.covers(copy.lock))
        code, said = finished(run(instance.folder, "backup", str(again.folder), "--check"))
    assert (code, "is proven" in said) == (0, True), said


def of_bucket_and_key(saved: Opened) -> dict[tuple[str, str], Copy]:
    return {(bucket, copy.key): copy for bucket, copies in saved.listing.items() for copy in copies}


def test_what_is_there_by_digest_is_not_copied_again(
    under_load: list[Path], jejak: Instance, place: Place
) -> None:
    files = {file: file.stat().st_ino for file in (place.folder / "objects").rglob("*") if file.is_file()}
    done = backup(jejak.folder, place, TOLD)
    after = {file: file.stat().st_ino for file in (place.folder / "objects").rglob("*") if file.is_file()}
    assert {file: after.get(file) for file in files} == files
    assert done.copied < done.bytes


def test_what_opens_accounts_is_shut(under_load: list[Path], jejak: Instance) -> None:
    dump = under_load[-1] / "access.dump"
    assert dump.read_bytes().startswith(b"age-encryption.org/")
    assert b"PGDMP" not in dump.read_bytes()
    with pytest.raises(CannotStart):
        unlocked(dump.read_bytes(), Told(identity=str(OTHER)))


def test_sessions_do_not_live_again(under_load: list[Path]) -> None:
    for name in ("session", "ticket", "invitation"):
        assert list(table(under_load[-1], "access", name, "person")) == []


@pytest.mark.test_all
def test_a_backup_that_lacks_a_file_of_the_archive_is_not_proven(
    under_load: list[Path], jejak: Instance
) -> None:
    """The listing is what the installation itself signed: only the proof knows that it says too little."""
    saved = opened(under_load[-1], jejak)
    archived = [copy for copy in saved.listing["jejak-archive"] if copy.key.startswith("sha256/")]
    saved.listing["jejak-archive"].remove(archived[0])
    wrong = proof.prove(saved)
    assert any("object-missing" in fault for fault in wrong), wrong


@pytest.mark.test_all
def test_a_backup_that_is_killed_is_none_and_hinders_no_next_one(jejak: Instance, tmp_path: Path) -> None:
    place = Place(tmp_path / "place")
    for unfinished in ("intake.dump", "documents.dump", "objects.json"):
        process = run(jejak.folder, "backup", str(place.folder))
        until = time.monotonic() + 60
        while not list(place.folder.glob(f".unfinished-*/{unfinished}")) and process.poll() is None:
            assert time.monotonic() < until
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    before = len(place.backups())
    code, said = finished(run(jejak.folder, "backup", str(place.folder)))
    assert (code, "MiB a second" in said) == (0, True), said
    assert list(place.folder.glob(".unfinished-*")) == []
    assert len(place.backups()) == before + 1
    for folder in place.backups():
        opened(folder, jejak)


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A real file system of 300 KB; without the right to mount one, the same by a limit is not the same."""
    folder = own_folder("small")
    disk = folder / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)], check=False
    ).returncode:
        pytest.skip("no right to mount a file system here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)
    remove_folder(folder)


def test_a_full_disk_is_said_in_a_sentence_and_leaves_no_backup(
    under_load: list[Path], jejak: Instance, small_disk: Path
) -> None:
    code, said = finished(run(jejak.folder, "backup", str(small_disk)))
    assert code == 1
    assert "No space left" in said
    assert "Traceback" not in said
    assert Place(small_disk).backups() == []
    assert list(small_disk.glob(".unfinished-*")) == []


@pytest.mark.test_all
def test_the_terminal_says_what_is_refused(under_load: list[Path], jejak: Instance, tmp_path: Path) -> None:
    said = {
        "an identity that is wrong": finished(
            run(
                tmp_path / "var",
                "restore",
                str(under_load[-1]),
                JEJAK_BACKUP_IDENTITY=str(OTHER),
            )
        ),
        "over a live installation": finished(run(jejak.folder, "restore", str(under_load[-1]))),
        "nothing there": finished(run(tmp_path / "nothing", "backup", str(tmp_path / "place"))),
        "no backup": finished(run(tmp_path / "var", "restore", str(tmp_path))),
    }
    for what, (code, text) in said.items():
        assert code == 1, (what, text)
        assert "jejak: " in text, (what, text)
        assert "Traceback" not in text, (what, text)
    assert not (tmp_path / "var").exists()
    assert jejak.table()[0]["running"]


def test_the_age_of_the_newest_backup_is_known_to_archive(under_load: list[Path], jejak: Instance) -> None:
    assert rows(jejak, "archive", "SELECT count(*) FROM backup")[0][0] >= len(under_load)


@pytest.mark.test_all
def test_the_schedule_makes_one_and_says_so(
    under_load: list[Path], jejak: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JEJAK_BACKUP_PASSPHRASE", PASSPHRASE)
    schedule, said = Schedule(Place(tmp_path / "place"), timedelta(hours=1)), list[str]()
    ending = threading.Event()
    keep(schedule, jejak.folder, said.append, ending)
    while not said:
        time.sleep(0.1)
    ending.set()
    assert str(schedule.place.backups()[0]) in said[0]
    assert timedelta(0) < schedule.due_in(datetime.now(UTC)) <= timedelta(hours=1)
    monkeypatch.setenv("JEJAK_BACKUP_PASSPHRASE", "pendek")
    assert not once(schedule, jejak.folder, said.append)
    assert "12" in said[-1]


def test_restored_by_the_command_line_and_started_it_holds_the_whole_cycle(
    under_load: list[Path], jejak: Instance, tmp_path: Path
) -> None:
    folder = own_folder("restored")
    size = opened(under_load[-1], jejak).manifest.log_size
    try:
        where = str(under_load[-1].parent)
        code, said = finished(run(folder / "var", "restore", where, "--vkey", verifier_key(jejak.folder)))
        assert code == 0, said
        assert "Tell the Inspektorat" in said
        with Instance(folder / "var") as instance:
            report = verifier.verify(whole_export(instance.address, tmp_path / "export", f"3402-{YEAR}"))
            assert (report.verified, report.size >= size) == (True, True)
    finally:
        remove_folder(folder / "var")
        remove_folder(folder)


def test_the_bytes_of_every_file_lie_under_their_digest(under_load: list[Path], place: Place) -> None:
    for folder in under_load:
        objects.check(objects.read((folder / "objects.json").read_bytes()), place)
        assert json.loads((folder / "manifest.json").read_bytes())["damaged"] == []
