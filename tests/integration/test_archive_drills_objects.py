"""Drills on the store: a weaker lock, a flipped bit and a deleted object are named with their place."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.archive_drills import Watched, flip_a_bit, watching
from tests.integration.test_archive_drills import named, page
from tests.support.archive_room import CYCLE, put_files, story
from tests.support.parts import ObjectStorePart, PostgresPart


@pytest.fixture
async def watched(postgres: PostgresPart, object_store: ObjectStorePart) -> AsyncIterator[Watched]:
    async with watching(postgres, object_store) as both:
        yield both


async def test_a_lock_that_is_weaker_than_what_was_recorded_is_named(watched: Watched) -> None:
    archive = watched.archive
    await archive.hear(*story(await put_files(archive.objects.work))[:2])
    assert (await archive.file("laporan")).status_code == 200
    await archive.log_own()
    for claimed in ("retain_until = retain_until + interval '1 year'", "mode = 'compliance'"):
        watched.tamper(f"UPDATE item SET {claimed} WHERE item = 'laporan'")
        named_so = [said for said in await watched.fsck() if said.startswith("object-lock")]
        assert [f"item {CYCLE}/laporan" in said for said in named_so] == [True], claimed
        watched.tamper("UPDATE item SET mode = 'governance', retain_until = now() WHERE item = 'laporan'")


async def test_a_flipped_bit_and_a_deleted_object_are_named_and_stop_no_export(
    watched: Watched, parts_folder: Path, object_store: ObjectStorePart
) -> None:
    if object_store.supervisor is None:
        pytest.skip("only a store of our own can be damaged")
    archive = watched.archive
    files = await put_files(archive.objects.work)
    await archive.hear(*story(files)[:4])
    for item in ("laporan", "pengantar_gubernur", "pengantar_kemendagri"):
        assert (await archive.file(item)).status_code == 200
    await archive.log_own()
    shelf = {item["item"]: item for item in (await archive.ask("tri", f"/cycles/{CYCLE}")).json()["items"]}
    gone = shelf["pengantar_gubernur"]
    await archive.objects.archive.remove(gone["object_key"], gone["object_version"], bypass=True)
    flip_a_bit(
        parts_folder / "seaweedfs" / "data", b"%PDF-1.7 laporan SPM 2026\n", only=archive.objects.archive.name
    )
    _, by_fsck, export = await asyncio.gather(named(watched), watched.fsck(), archive.ask("ina", "/export"))
    # the story itself has no source here
    damaged = sorted(said for said in by_fsck if said.startswith("object"))
    assert [(said.partition(":")[0], said.partition("item ")[2].partition(":")[0]) for said in damaged] == [
        ("object-damaged", f"{CYCLE}/laporan"),
        ("object-missing", f"{CYCLE}/pengantar_gubernur"),
    ]
    assert export.status_code == 200
    assert [trouble.name for trouble in archive.running.troubles.listed()] == ["archive-differences"]
    assert (await archive.ask("ina", f"/cycles/{CYCLE}/items/laporan/file")).json()[
        "type"
    ] == "urn:jejak:problem:file-damaged"
    assert (await archive.ask("ina", f"/cycles/{CYCLE}/items/pengantar_gubernur/file")).status_code == 410
    assert (await archive.ask("ina", f"/cycles/{CYCLE}/items/pengantar_kemendagri/file")).status_code == 200
    shown = await page(watched, "/arsip")
    assert ("rusak" in shown, "hilang" in shown) == (True, True)
    assert f"{CYCLE} · laporan" in await page(watched, "/macet", "operator")
