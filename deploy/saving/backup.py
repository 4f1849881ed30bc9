"""`jejak backup`: everything of an installation that cannot be made again, while people work.

Role: first the databases at one cut, then the files, which are there before any event names them; keys and
manifest last. Kafka is not saved: its topics are filled again from the databases. Used by `jejak backup` and
by the schedule of `jejak up`.
"""

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import psycopg
from psycopg.errors import UndefinedTable

from deploy.doctor.looking import LAST_BACKUP
from deploy.local.service_process import jejak_version
from deploy.messages import CannotStart
from deploy.saving import cut, keys, manifest, objects
from deploy.saving.cut import Snapshot
from deploy.saving.keys import Told
from deploy.saving.manifest import Database, File, Manifest
from deploy.saving.place import Place, written
from deploy.saving.servers import owners, servers_of
from shared.access.database import ACCESS
from shared.service_names import SERVICES

LEFT_OUT: Final = ("session", "ticket", "invitation", "token", "token_pace")
"""Rows of the access database that are not saved: what was ended or used since must not live again."""


@dataclass(frozen=True, slots=True)
class Done:
    """A finished backup: where it lies, how large it is, how many bytes were new, how long it took."""

    folder: Path
    bytes: int
    copied: int
    seconds: float
    damaged: tuple[str, ...]

    @property
    def rate(self) -> float:
        """New bytes a second."""
        return self.copied / max(self.seconds, 0.001)


def backup(folder: Path, place: Place, told: Told) -> Done:
    """Saves the installation in `folder`, running or not. Raises CannotStart with the sentence to show."""
    folder = folder.resolve()
    if not (folder / keys.CHECKPOINT_KEY).is_file():
        raise CannotStart("backup-nothing", folder=folder)
    files = keys.gathered(folder)
    closed = keys.lock(files, told)  # before anything else: it may be told wrongly
    begun = time.monotonic()
    with servers_of(folder) as servers:
        ways = owners(servers.database, servers.secrets)
        with place.begun() as (making, at):
            with written(making / manifest.KEYS) as out:
                out.write(closed)
            said, copied = _filled(making, place, ways, servers.s3, told, at)
            manifest.write(making, said, keys.seed_of(files))
        own = _size(said.files)
        done = Done(
            place.named(at), said.object_bytes + own, copied + own, time.monotonic() - begun, said.damaged
        )
        _note(folder, ways["archive"], at, done)
    return done


def _filled(
    making: Path, place: Place, ways: Mapping[str, str], store: str, told: Told, at: datetime
) -> tuple[Manifest, int]:
    """Databases at one cut, and the files that were there by then; answers what the backup says of itself,
    and how many bytes of files were new.
    """
    services = {name: ways[name] for name in SERVICES}
    with cut.cut(services, {ACCESS: ways[ACCESS]}) as snapshots:
        log_size = int(snapshots["archive"].ask("SELECT size FROM tree"))
        databases = {name: _saved(one, making, told) for name, one in snapshots.items()}
    saved = objects.save(store, place, log_size)
    with written(making / manifest.OBJECTS) as out:
        out.write(objects.written(saved.listing))
    said = Manifest(
        format=manifest.FORMAT,
        made_at=at.isoformat(timespec="seconds"),
        version=jejak_version(),
        log_size=log_size,
        objects=saved.many,
        object_bytes=saved.bytes,
        damaged=tuple(saved.damaged),
        databases=databases,
        files={file.name: manifest.file_of(file) for file in sorted(making.iterdir())},
    )
    return said, saved.copied


def _note(folder: Path, archive: str, at: datetime, done: Done) -> None:
    """Tells `jejak doctor` and archive that a backup was finished, for *Macet* and the metrics; an archive
    that is not brought up to date yet has no place for it.
    """
    (folder / LAST_BACKUP).write_text(json.dumps({"at": at.timestamp(), "folder": str(done.folder)}))
    row = (at, done.seconds, done.bytes, done.copied, len(done.damaged))
    with psycopg.connect(archive, connect_timeout=10) as conn, suppress(UndefinedTable):
        conn.execute(
            "INSERT INTO backup (at, seconds, bytes, copied, damaged) VALUES (%s, %s, %s, %s, %s)", row
        )


def _size(parts: dict[str, File]) -> int:
    return sum(file.size for file in parts.values())


def _saved(snapshot: Snapshot, making: Path, told: Told) -> Database:
    """One dump; that of the access database, which holds what opens accounts, shut like the keys."""
    with written(making / f"{snapshot.name}.dump") as out:
        if snapshot.name == ACCESS:
            out.write(keys.shut(cut.dump(snapshot, without_rows_of=LEFT_OUT), told))
        else:
            cut.dump(snapshot, out=out)
    events = "SELECT coalesce(max(position), 0) FROM event" if snapshot.name in SERVICES else "SELECT 0"
    return Database(str(snapshot.ask("SELECT version_num FROM alembic_version")), int(snapshot.ask(events)))
