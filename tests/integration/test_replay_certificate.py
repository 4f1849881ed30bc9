"""The replay certificate: every service replays and compares itself, and says what it found; whatever was
changed by somebody with all rights is named with its place.
"""

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from services.archive import streams
from services.archive.domain.certificate import GiveUpCertificate
from services.archive.proof.verifier import verify
from shared.eventsourcing.commands.decider import Refused
from shared.objects.port import Corrupt
from shared.service_names import SERVICES
from tests.integration.replayed_rooms import ReplayedRooms, replayed_rooms
from tests.support.applications import NOW
from tests.support.parts import ObjectStorePart, PostgresPart
from tests.support.player import Player


@pytest.fixture
async def rooms(
    postgres: PostgresPart, object_store: ObjectStorePart, tmp_path: Path
) -> AsyncIterator[ReplayedRooms]:
    """With an agency and a cycle."""
    async with replayed_rooms(postgres.fresh_database, object_store, tmp_path) as found:
        player = Player(found, random.Random(1))
        await player.register()
        await player.open()
        yield found


def places(said: dict[str, dict[str, Any]]) -> set[tuple[str, ...]]:
    """Everything that is named: by whom, and where."""
    rows = {
        (service, table["table"], key)
        for service, found in said.items()
        for table in found["tables"]
        for key in table["differing"]
    }
    return rows | {
        (service, one["kind"], f"{one['source']} {one['stream']} @{one['version']}")
        for service, found in said.items()
        for one in found["differences"]
    }


async def test_an_honest_installation_is_identical_and_its_certificate_is_checked_and_watched(
    rooms: ReplayedRooms,
) -> None:
    said = await rooms.certify()
    assert {service: found["verdict"] for service, found in said.items()} == dict.fromkeys(
        SERVICES, "identical"
    )
    assert all(table["rebuilt"] == table["live"] for found in said.values() for table in found["tables"])
    assert {"agency", "cycle"} <= {table["table"] for table in said["intake"]["tables"]}
    with pytest.raises(Refused, match="nomor 1 masih dibuat"):
        await rooms.ask()
    file = await rooms.issue()
    report = verify(file)
    assert (report.verdict, report.refuted) == ("proven", []), file.read_text(encoding="utf-8")
    assert report.proven[-1].endswith("Putusan: SAMA.")
    assert {found["verdict"] for found in (await rooms.certify()).values()} == {"identical"}
    for old, new in (("identical", "differs"), ("SAMA", "BERBEDA"), ("Pemeriksaan", "Pemerasan")):
        changed = rooms.folder / "changed.txt"
        changed.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        assert changed.read_bytes() == file.read_bytes() or verify(changed).verdict == "contradicted"
    await rooms.issue()
    rooms.objects = SimpleNamespace(archive=Damaged(rooms.objects.archive))
    said = await rooms.certify()
    assert [one["kind"] for one in said["archive"]["differences"]] == ["object-damaged"] * 2
    assert said["archive"]["differences"][0]["place"].startswith("#")


@dataclass
class Damaged:
    """A bucket whose bytes are not those that were filed; a real one is damaged in the drills of a store."""

    bucket: Any

    async def stream(self, key: str, _version: str) -> Any:
        raise Corrupt(key)


CHANGED = (
    "UPDATE event SET data = jsonb_set(data, '{name}', '\"Dinas Lain\"') WHERE type = 'agency-registered'"
)
LEAF = (
    "UPDATE leaf SET line = replace(convert_from(line, 'UTF8'), 'Bantul', 'Sleman')::bytea "
    "WHERE type = 'cycle-opened'"
)
CELL = "UPDATE agency SET name = 'Dinas Lain'"


async def test_whatever_is_changed_is_named_by_the_certificate_with_its_place(rooms: ReplayedRooms) -> None:
    for service, statement in (
        ("intake", "UPDATE cycle SET region_name = 'Sleman'"),
        ("verification", "DELETE FROM cycle"),
        ("archive", "UPDATE cycle SET year = 2027"),
        ("intake", CHANGED),
        ("intake", CELL),
        ("archive", LEAF),
    ):
        rooms.tamper(service, statement)
    said = await rooms.certify()
    assert {
        ("intake", "cycle", '["3402-2026"]'),
        ("intake", "content", "intake agency-dinkes @1"),
        ("verification", "cycle", '["3402-2026"]'),
        ("verification", "content", "intake agency-dinkes @1"),
        ("documents", "content", "intake agency-dinkes @1"),
        ("archive", "cycle", '["3402-2026"]'),
        ("archive", "content", "intake agency-dinkes @1"),
        ("archive", "leaf-hash", "intake cycle-3402-2026 @1"),
    } <= places(said)
    assert {found["verdict"] for found in said.values()} == {"differs"}
    file = await rooms.issue()
    words = file.read_text(encoding="utf-8").partition("Bukti: ")[0]
    assert "Putusan: BERBEDA" in words
    for named in ('tabel cycle: 1 baris, dari peristiwa 1; berbeda pada ["3402-2026"]', "agency-dinkes @1"):
        assert named in words
    assert verify(file).proven[-1].endswith("Putusan: BERBEDA.")


async def test_an_event_that_is_gone_is_named_where_the_read_models_cannot_be_made_again(
    rooms: ReplayedRooms,
) -> None:
    rooms.tamper("intake", "DELETE FROM event WHERE stream = 'agency-dinkes' AND version = 3")
    said = await rooms.certify()
    assert {
        ("intake", "content", "intake agency-dinkes @3"),
        ("archive", "extra", "intake agency-dinkes @3"),
    } <= places(said)


async def test_what_is_away_or_killed_is_waited_for_named_found_again_and_said_once(
    rooms: ReplayedRooms,
) -> None:
    await rooms.ask()
    rooms.feeds.away.add("documents")
    assert not await rooms.replaying("intake").once()
    await rooms.settle()
    assert await rooms.statements() == {}
    (trouble,) = rooms.running("intake").troubles.listed()
    assert (trouble.name, trouble.cause) == ("certificate-waits", "documents does not answer")
    give_up = GiveUpCertificate(
        certificate=1, by="as_inspektur", reason="documents sedang pindah", occurred_on=NOW.date()
    )
    await rooms.give("archive", streams.CERTIFICATES, give_up, "inspektur", "settings")
    rooms.feeds.away.clear()
    await rooms.answer()
    assert rooms.running("intake").troubles.listed() == []
    assert await rooms.statements() == {}
    await rooms.ask()
    replaying = rooms.replaying("intake")

    async def killed() -> Any:
        raise KeyboardInterrupt

    replaying._compare = killed
    with pytest.raises(KeyboardInterrupt):
        await replaying.once()
    await rooms.answer()
    await rooms.answer()
    assert {found["verdict"] for found in (await rooms.statements()).values()} == {"identical"}
    async with rooms.running("intake").pool.connection() as conn:
        query = b"SELECT count(*) FROM event WHERE type = 'replay-compared'"
        assert await (await conn.execute(query)).fetchone() == (1,)
