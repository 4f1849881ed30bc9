"""An export of one region from the log of two: it proves its own lines, and shows nothing of the other."""

import io
import zipfile
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import psycopg
import pytest

from services.archive.proof import verifier
from shared.contracts.intake import CycleOpened
from tests.integration.two_regions import OF_THEIRS, SIZE, lines, two_regions
from tests.support.archive_room import Archive, event_of
from tests.support.events import made
from tests.support.parts import PostgresPart
from tests.support.second_verifier import accepts


@pytest.fixture
async def archive(postgres: PostgresPart) -> AsyncIterator[Archive]:
    async with two_regions(postgres.fresh_database("archive_regions")) as opened:
        yield opened


def unpacked(content: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        packed.extractall(folder)
        return folder / packed.namelist()[0].split("/")[0]


async def test_an_export_of_one_region_proves_its_lines_and_shows_no_other(
    archive: Archive, tmp_path: Path
) -> None:
    answer = await archive.ask("tri", "/export")
    assert answer.status_code == 200, answer.text
    folder = unpacked(answer.content, tmp_path)
    content = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    text = content.decode(errors="replace")  # hashes of lines are no text
    assert not [mark for mark in (*OF_THEIRS, "Orang Baru") if mark in text.replace("jejak.id/3402", "")]
    own = [row["line"] for row in (await lines(archive, "tri"))][::-1]
    written = (folder / "events.ndjson").read_text(encoding="utf-8").splitlines()
    assert [line for line in written if line.startswith("{")] == own
    report = verifier.verify(folder, vkey=str(archive.signing.key))
    assert (report.verified, report.refuted, report.size) == (True, [], SIZE)
    withheld = SIZE - len(own)
    assert any(f"Apa isi {withheld} dari {SIZE} peristiwa" in said for said in report.not_proven)
    assert accepts(folder)
    one_file = (await archive.ask("tri", "/log")).text
    assert one_file.split("\n\n", 2)[-1].splitlines()[-SIZE:] == written


async def test_an_export_asked_with_the_others_cycle_is_still_ones_own(archive: Archive) -> None:
    for path in ("/export?cycle=3471-2026", "/log?siklus=3471-2026"):
        answer = await archive.ask("tri", path)
        assert answer.status_code == 404, path


@pytest.mark.parametrize("who", ["changed", "moved", "hidden"])
async def test_a_region_export_that_was_tampered_with_is_refuted(
    archive: Archive, tmp_path: Path, who: str
) -> None:
    await archive.hear(
        event_of(made(CycleOpened, report_due=date(2027, 3, 31)), stream="cycle-3402-2026", version=2)
    )
    await archive.signing.now()
    folder = unpacked((await archive.ask("tri", "/export")).content, tmp_path)
    file = folder / "events.ndjson"
    written = file.read_bytes().splitlines()
    hashes = [number for number, line in enumerate(written) if line.startswith(b"sha256:")]
    opened = next(number for number, line in enumerate(written) if b'"type":"cycle-opened"' in line)
    if who == "changed":
        written[hashes[0]] = b"sha256:" + b"0" * 64
    elif who == "moved":
        written[hashes[0]], written[hashes[1]] = written[hashes[1]], written[hashes[0]]
    else:  # the first of two events of a stream that is shown, by its true hash
        hashed = await _hash(archive, opened)
        written[opened] = b"sha256:" + hashed.hex().encode()
    file.write_bytes(b"".join(line + b"\n" for line in written))
    report = verifier.verify(folder)
    assert not report.verified
    assert report.refuted


async def _hash(archive: Archive, index: int) -> bytes:
    with psycopg.connect(archive.database.owner) as conn:
        row = conn.execute(b"SELECT hash FROM leaf WHERE index = %b", (index,)).fetchone()
    assert row is not None
    return bytes(row[0])
