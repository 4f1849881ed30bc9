"""The same bytes filed as two items of different kinds: each is filed, locked for its own time,
sealed and exported; the later lock holds.
"""

import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.archive.proof import verifier
from shared.contracts.archive import ItemFiled, ItemSealed
from shared.messaging.envelope import Received
from shared.objects.address import S3Address
from tests.support.archive_room import (
    CONTENT,
    CYCLE,
    ITEMS,
    Archive,
    archive_room,
    put_files,
    story,
)
from tests.support.parts import ObjectStorePart, PostgresPart

TWIN, OF = "tanda_terima_gubernur", "laporan"
BEFORE = "3402-2025"


@pytest.fixture
async def archive(postgres: PostgresPart, object_store: ObjectStorePart) -> AsyncIterator[Archive]:
    async with archive_room(postgres.fresh_database("twins"), S3Address.from_url(object_store.url)) as opened:
        yield opened


async def test_equal_bytes_are_two_items_with_a_lock_that_serves_both(
    archive: Archive, tmp_path: Path
) -> None:
    await archive.filing.probe()
    files = await put_files(archive.objects.work)
    twins = {**files, TWIN: replace(files[OF], name=f"{TWIN}.pdf")}
    await archive.hear(*story(twins))
    await archive.file_all()
    assert (await archive.close()).status_code == 200
    await archive.log_own()
    await archive.filing.seal()
    events = await archive.own_events()
    filed = {event.item: event for event in events if isinstance(event, ItemFiled)}
    sealed = {event.item: event for event in events if isinstance(event, ItemSealed)}
    assert filed.keys() == sealed.keys() == set(ITEMS)
    for item in (TWIN, OF):
        held = await archive.objects.archive.stat(filed[item].object_key, filed[item].object_version)
        assert held.lock is not None
        assert (held.lock.mode, held.lock.until >= max(sealed[one].retain_until for one in (TWIN, OF))) == (
            "compliance",
            True,
        )
    with zipfile.ZipFile(io.BytesIO((await archive.ask("ina", "/export")).content)) as packed:
        packed.extractall(tmp_path / "ekspor")
        folder = tmp_path / "ekspor" / packed.namelist()[0].split("/")[0]
    exported = {file.stem: file.read_bytes() for file in (folder / "berkas" / CYCLE).iterdir()}
    assert exported == {**CONTENT, TWIN: CONTENT[OF]}
    report = verifier.verify(folder, vkey=str(archive.signing.key))
    assert (report.verified, report.refuted) == (True, [])


def of_another_cycle(event: Received) -> Received:
    """The same event as it happens in the cycle of the year before."""
    return replace(
        event,
        stream=event.stream.replace(CYCLE, BEFORE),
        case_id=BEFORE,
        position=event.position + 100,
        data=event.data.replace(CYCLE.encode(), BEFORE.encode()).replace(b'"year":2026', b'"year":2025'),
    )


async def test_equal_bytes_in_two_cycles_lie_in_the_folder_of_each(archive: Archive, tmp_path: Path) -> None:
    told = story(await put_files(archive.objects.work))
    await archive.hear(*told, *map(of_another_cycle, told))
    for cycle in (CYCLE, BEFORE):
        for item in ITEMS:
            filed = await archive.file(item, cycle)
            assert filed.status_code == 200, filed.text
    await archive.log_own()
    with zipfile.ZipFile(io.BytesIO((await archive.ask("ina", "/export")).content)) as packed:
        packed.extractall(tmp_path / "ekspor")
        folder = tmp_path / "ekspor" / packed.namelist()[0].split("/")[0]
    for cycle in (CYCLE, BEFORE):
        assert {file.stem: file.read_bytes() for file in (folder / "berkas" / cycle).iterdir()} == CONTENT, (
            cycle
        )
    assert verifier.verify(folder, vkey=str(archive.signing.key)).verdict == "proven"
    (folder / "berkas" / BEFORE / "laporan.pdf").unlink()
    report = verifier.verify(folder, vkey=str(archive.signing.key))
    assert (report.verdict, [BEFORE in one for one in report.lacking]) == ("incomplete", [True])
