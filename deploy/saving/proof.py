"""`jejak backup --check`: a backup restored into a private instance that proves itself, and is thrown away.

Role: the only backup that is known to work is one that was restored. Everything that was not taken in yet is
taken in; then every service compares its stores, read models and files with all that it can be compared with,
and archive its log with the key that signed it. Used by `jejak backup --check` and by tests.
"""

import importlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg

from deploy.front_door.settings import DoorSettings
from deploy.local.erase import erase
from deploy.local.instance import Instance
from deploy.local.places import PROJECT
from deploy.local.wanted import Existing
from deploy.saving.restore import Opened, restore
from shared.service_names import SERVICES

PATIENCE_S: Final = 900.0
_HEADS: Final = "SELECT stream, max(version) FROM event GROUP BY stream"
_REACHED: Final = "SELECT stream, version FROM cursor WHERE source = %s AND version > 0"
Heads = dict[str, int]


def prove(opened: Opened) -> list[str]:
    """What a private instance of the backup finds wrong, a sentence each; nothing where all is proven."""
    with restored(opened) as instance:
        if behind := until_equal(instance):
            return [f"not taken in: {behind}"]
        return [sentence for service in SERVICES for sentence in _fsck(instance, service)]


@contextmanager
def restored(opened: Opened) -> Iterator[Instance]:
    """A private instance of the backup with parts of its own, running."""
    around = Path(tempfile.mkdtemp(prefix="jejak-restored-"))
    around.chmod(0o711)
    folder = around / "var"
    try:
        restore(opened, folder, Existing())
        with Instance(folder, door=DoorSettings()) as instance:
            yield instance
    finally:
        erase(folder)
        shutil.rmtree(around, ignore_errors=True)


def until_equal(instance: Instance, patience: float = PATIENCE_S) -> str:
    """Waits until every service has taken in all that its sources hold, and they say no more; answers what is
    still behind when the patience ends.
    """
    until, before = time.monotonic() + patience, None
    while True:
        heads = {service: _asked(instance, service, _HEADS) for service in SERVICES}
        behind = next(_behind(instance, heads), "")
        if not behind and heads == before:
            return ""
        if time.monotonic() > until:
            return behind or "services go on saying more"
        before = heads
        time.sleep(1)


def _behind(instance: Instance, heads: dict[str, Heads]) -> Iterator[str]:
    for reader in SERVICES:
        for source in _sources(reader):
            reached = _asked(instance, reader, _REACHED, source)
            yield from (
                f"{reader} has {source} {stream} up to {reached.get(stream, 0)} of {version}"
                for stream, version in sorted(heads[source].items())
                if reached.get(stream, 0) < version
            )


def _sources(reader: str) -> tuple[str, ...]:
    declared = importlib.import_module(f"services.{reader}.bootstrap").ROOM.sources
    return SERVICES if reader == "archive" else tuple(declared)


def _asked(instance: Instance, service: str, question: str, *values: str) -> Heads:
    with psycopg.connect(instance.database_url(service, owner=True), connect_timeout=10) as conn:
        return dict(conn.execute(question.encode(), values).fetchall())


def _fsck(instance: Instance, service: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", f"services.{service}", "fsck"],
        cwd=PROJECT,
        env=instance.env(service, owner=True),
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return [f"{service} ({done.returncode}): {line[:500]}" for line in said[-20:]] if done.returncode else []
