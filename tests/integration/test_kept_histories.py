"""What was recorded by an earlier version is read, gives the read models and the export that it gave then,
and goes on.
"""

import base64
import hashlib
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.local.postgres.databases import Database
from services.archive.log import checkpoints
from services.archive.log.regions import Seen
from services.archive.proof import verifier
from services.archive.proof.export import write_folder
from shared.objects.port import NotThere
from shared.service_names import SERVICES
from tests.contracts.kept_history import EXPORT, History, upgrade
from tests.contracts.record_history import CHECKPOINT_KEY
from tests.support.archive_room import archive_room
from tests.support.four_rooms import four_rooms
from tests.support.parts import PostgresPart
from tests.support.player import Player, play, viewer

KEPT = Path(__file__).parents[1] / "contracts" / "history"
HISTORIES = sorted(folder for folder in KEPT.iterdir() if folder.is_dir())
EXPORTED = [folder for folder in HISTORIES if (folder / EXPORT).exists()]
MADE_ANEW = {"BACA-DULU.txt", "verifier.py", "leaf-hashes"}
"""What an export holds in the words of the version that gives it out."""


class Filed:
    """The archive bucket with the files of a kept export, found by their content."""

    def __init__(self, export: Path) -> None:
        self.files = {
            hashlib.sha256(file.read_bytes()).hexdigest(): file
            for file in export.rglob("*")
            if file.is_file()
        }

    async def stream(self, key: str, _version: str | None = None) -> AsyncIterator[bytes]:
        file = next((file for digest, file in self.files.items() if digest in key.replace("/", "")), None)
        if file is None:
            raise NotThere(key)
        content = file.read_bytes()

        async def pieces() -> AsyncIterator[bytes]:
            yield content

        return pieces()


@pytest.mark.parametrize("folder", HISTORIES, ids=lambda folder: folder.name)
async def test_every_read_model_is_what_it_was(postgres: PostgresPart, folder: Path) -> None:
    """As an operator upgrades it: the tables of then are migrated,
    and what the code of today makes of the events is the same.
    """
    for service in SERVICES:
        database = postgres.fresh_database(f"kept_{service}")
        await upgrade(folder, service, database)
        certificate = await History.kept(folder).rebuilt(service, database)
        assert {
            verdict.table: verdict.differing for verdict in certificate.tables if verdict.differing
        } == {}, service
        assert sum(verdict.live for verdict in certificate.tables) > 2


@pytest.mark.parametrize("folder", EXPORTED, ids=lambda folder: folder.name)
async def test_the_log_taken_in_again_gives_the_same_export(
    postgres: PostgresPart, folder: Path, tmp_path: Path
) -> None:
    history, kept = History.kept(folder), folder / EXPORT
    key = base64.b64encode(CHECKPOINT_KEY).decode()
    async with archive_room(postgres.fresh_database("kept_log"), JEJAK_CHECKPOINT_KEY=key) as archive:
        for event in history.events:
            assert (await archive.log(event)).done == 1
        async with archive.running.pool.connection() as conn:
            signed = await checkpoints.sign(conn, archive.signer)
        assert signed is not None
        await write_folder(
            archive.running.pool,
            tmp_path / "export",
            seen=Seen(viewer("inspektur", "archive.export"), ("3402",), whole=True),
            signed=signed,
            key=archive.signer.key,
            archive=Filed(kept),
        )  # type: ignore[arg-type]  # reads only
    assert contents(tmp_path / "export") == contents(kept)
    assert verifier.verify(tmp_path / "export").verified


def contents(export: Path) -> dict[str, bytes]:
    files = (file for file in export.rglob("*") if file.is_file() and file.name not in MADE_ANEW)
    return {str(file.relative_to(export)): file.read_bytes() for file in files}


@pytest.mark.parametrize("share", [0.1, 0.4, 0.6, 0.8])
async def test_a_cycle_that_was_under_way_goes_on_to_its_end(postgres: PostgresPart, share: float) -> None:
    history = History.kept(KEPT / "troubles").until(share)

    async def prepare(service: str, database: Database) -> None:
        await history.restore(service, database)

    async with four_rooms(postgres.fresh_database, prepare) as rooms:
        rooms.taken = dict(history.last)
        player = Player(rooms, random.Random(1), troubles=1, files=10_000)
        assert await play(player)
        assert len(rooms.log) > 5
