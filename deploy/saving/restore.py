"""`jejak restore`: an installation from a backup, in a folder where none is.

Role: everything is looked at before anything is touched, and the folder bears its name only when all is in
it. What was taken in nowhere yet when the backup was made is sent again by the relays, as after a wiped
broker. Used by `jejak restore` and by `proof.py`.
"""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg

from deploy.local.erase import erase
from deploy.local.instance import Instance
from deploy.local.wanted import Existing
from deploy.messages import CannotStart
from deploy.saving import cut, keys, manifest, objects
from deploy.saving.keys import Files, Told
from deploy.saving.manifest import Manifest
from deploy.saving.objects import Listing
from deploy.saving.place import Place, chosen
from deploy.saving.servers import owners
from shared.access.database import ACCESS
from shared.messaging.broker import BrokerView
from shared.messaging.topics import ALL_TOPICS

Stage = Callable[[str], None]
MADE_AGAIN: Final = ("kafka", "logs", "run", "ports.json")
"""Of the folder in which it was restored: what the first start makes for itself."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A backup that was looked at: every byte is as it was written, by whom it says."""

    place: Place
    folder: Path
    manifest: Manifest
    files: Files
    told: Told
    listing: Listing


def look(given: Path, told: Told, vkey: str = "") -> Opened:
    """The backup that is meant, every byte of it read and compared. Raises CannotStart."""
    place, folder = chosen(given)
    try:
        files = keys.opened((folder / manifest.KEYS).read_bytes(), told)
        found = manifest.read(folder, keys.signed_by(files, told, vkey))
        listing = objects.read((folder / manifest.OBJECTS).read_bytes())
    except OSError as error:
        raise CannotStart("backup-changed", file=error.filename or folder) from None
    objects.check(listing, place)
    return Opened(place, folder, found, files, told, listing)


def restore(opened: Opened, folder: Path, existing: Existing, stage: Stage = lambda _key: None) -> None:
    """Makes the installation in `folder`, which must be empty. Raises CannotStart; then nothing is there."""
    folder = folder.resolve()
    if folder.exists() and any(folder.iterdir()):
        raise CannotStart("restore-over", folder=folder)
    _nothing_of_ours(existing)
    making = folder.with_name(f".{folder.name}.restoring")
    if making.exists():
        erase(making)
    making.mkdir(parents=True, exist_ok=True)
    making.chmod(0o711)
    try:
        fill(opened, making, existing, stage)
        for name in MADE_AGAIN:
            _gone(making / name)
        if folder.exists():
            folder.rmdir()
        making.rename(folder)
    except BaseException:
        erase(making)
        _gone(making)
        raise


def fill(opened: Opened, folder: Path, existing: Existing, stage: Stage) -> None:
    """Secrets, databases and files into an empty folder and its servers."""
    keys.scattered(opened.files, folder)
    with Instance(folder, services=False, existing=existing) as instance:
        ways = owners(instance.server, instance.servers.secrets)
        for name in opened.manifest.databases:
            stage("restore-databases")
            with (opened.folder / f"{name}.dump").open("rb") as file:
                if name == ACCESS:
                    cut.load(name, ways[name], input=keys.unlocked(file.read(), opened.told))
                else:
                    cut.load(name, ways[name], stdin=file)
        stage("restore-objects")
        objects.put_back(opened.listing, opened.place, instance.s3)


def _nothing_of_ours(existing: Existing) -> None:
    """Raises CannotStart where a given server holds something of an installation already."""
    if existing.database_url:
        _no_database(existing.database_url)
    if existing.s3 and not objects.empty(existing.s3):
        raise CannotStart("restore-over-store")
    if existing.kafka:
        asyncio.run(_no_message(existing.kafka))


def _no_database(url: str) -> None:
    with psycopg.connect(url, connect_timeout=10) as conn:
        found = conn.execute("SELECT datname FROM pg_database WHERE datname LIKE 'jejak\\_%'").fetchall()
    if found:
        raise CannotStart("restore-over-database", name=found[0][0])


async def _no_message(broker: str) -> None:
    """What a broker still holds of after the backup would be taken in, and then happen a second time."""
    view = BrokerView(broker)
    try:
        ends = await view.ends(list(ALL_TOPICS))
    finally:
        await view.close()
    if any(ends.values()):
        raise CannotStart("restore-over-broker")


def _gone(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
