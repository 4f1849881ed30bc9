"""Records a history with today's version: `python -m tests.contracts.record_history FOLDER`.
What was recorded once is never made anew.

Two of them: the demonstration's cycle on real parts, with the export that an inspector takes;
and a cycle in which decisions are taken back.
"""

import asyncio
import base64
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from deploy.commands.play import whole_export
from deploy.demo.cycle import play_cycle
from deploy.local.instance import Instance
from deploy.local.secrets import SecretFolder
from services.archive.log.leaf import leaf_of
from shared.messaging.envelope import Received
from shared.migrations.migrate import newest
from shared.service_names import SERVICES
from tests.contracts.kept_history import EVENTS, EXPORT, READ_MODELS, read_models
from tests.support import access
from tests.support.applications import service_of
from tests.support.four_rooms import four_rooms
from tests.support.parts import PostgresPart
from tests.support.player import Player, play

CHECKPOINT_KEY = bytes(range(32))  # nobody's: whoever reads the export later signs the same bytes again


def main(folder: Path) -> None:
    place = Path(tempfile.mkdtemp(prefix="jejak-history-"))
    place.chmod(0o711)
    SecretFolder(place / "var" / "secrets").get(
        "checkpoint-key", lambda: base64.b64encode(CHECKPOINT_KEY).decode()
    )
    try:
        with Instance(place / "var") as instance:
            record_demonstration(instance, folder / "demonstration")
            access.use(instance.server)
            asyncio.run(record_troubles(PostgresPart(instance.server), folder / "troubles"))
    finally:
        shutil.rmtree(place)


def record_demonstration(instance: Instance, folder: Path) -> None:
    """All thirteen steps through the public API of a running installation."""
    cycle = play_cycle(instance.address, lambda _step, _what: None)
    shutil.copytree(whole_export(instance.address, instance.folder / EXPORT, cycle), folder / EXPORT)
    (folder / EXPORT / "verifier.py").unlink()  # a program of this version, which the next has for itself
    asyncio.run(_keep_read_models(folder, {service: instance.database_url(service) for service in SERVICES}))


async def record_troubles(postgres: PostgresPart, folder: Path) -> None:
    """The cycle of one agency with returns, refusals and figures taken back, played in the four rooms."""
    async with four_rooms(postgres.fresh_database) as rooms:
        player = Player(rooms, random.Random(0))
        await player.register()
        await player.open()
        assert await play(player)
        await _keep_read_models(
            folder, {service: database.app for service, database in rooms.databases.items()}
        )
        _keep_events(folder, rooms.log)


async def _keep_read_models(folder: Path, urls: dict[str, str]) -> None:
    (folder / READ_MODELS).mkdir(parents=True)
    for service, url in urls.items():
        found = {"revision": newest(service), "tables": await read_models(url, service_of(service).room)}
        text = json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True)
        (folder / READ_MODELS / f"{service}.json").write_text(text + "\n", encoding="utf-8")


def _keep_events(folder: Path, events: Iterable[Received]) -> None:
    (folder / EVENTS).write_bytes(b"".join(leaf_of(event).line + b"\n" for event in events))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
