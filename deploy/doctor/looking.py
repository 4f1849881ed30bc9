"""Puts the facts together: those of the machine always, those of the inside where an installation runs.

Previous hop: `deploy/commands/doctor.py` and `init.py`. Next hop: `checks.py`.
"""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.doctor import copies, inside, machine
from deploy.doctor.facts import Facts
from deploy.front_door import settings as door_settings
from deploy.front_door.settings import DoorSettings
from deploy.installing import settings_file
from deploy.local import places, told
from deploy.local.caddy import PUBLIC_PORT
from deploy.local.postgres import server as postgres
from deploy.local.supervision.claim import noted
from deploy.local.wanted import USUAL_PORT, Existing
from deploy.messages import CannotStart

LAST_BACKUP = "backup.json"
"""What a finished backup leaves in the data folder: {"at": seconds since 1970, …}."""


def look(folder: Path, data: Path, runs: Callable[[dict[str, Any], Path], bool]) -> Facts:
    """Everything about the installation in `folder`, which keeps its data in `data`.
    `runs`: whether the part of a row of `jejak status` is there.
    """
    door, faults = _told()
    note = noted(data)
    port = int(note.get("port", 0)) or door.https_port or (PUBLIC_PORT if door.own_name_only else USUAL_PORT)
    served, fault = machine.certificate_of(door, port, bool(note))
    now = datetime.now(UTC)
    known: dict[str, Any] = {
        "now": now,
        "folder": folder,
        "production": settings_file.in_production(),
        "faults": faults,
        "disks": machine.disks([data, postgres.data_place_if_made(data), places.cache_folder()]),
        "memory_mb": machine.memory_mb(),
        "clock": machine.clock(datetime.fromtimestamp(machine.newest_file(data), UTC), now),
        "ports": machine.door_ports(door, port, held=bool(note)),
        "name": machine.name(door),
        "certificate": served,
        "certificate_fault": fault,
        "open_secrets": machine.open_secrets(folder, data, door),
        "running": bool(note),
        "backup": _last_backup(data),
        "backup_wanted": bool(os.environ.get("JEJAK_BACKUP_EVERY_HOURS")),
    }
    if not note:
        return Facts(**known)
    existing = Existing.from_environment()
    there, broker = inside.server(data, existing), copies.broker(data, existing)
    return Facts(
        **known,
        stopped=tuple(row["name"] for row in note.get("table", []) if not runs(row, data)),
        ready=inside.ready(data),
        databases=inside.databases(data, there) if there else (),
        unlocked=inside.unlocked(data),
        topics=copies.topics(broker) if broker else None,
        replicas=copies.replicas(there) if there else None,
    )


def _told() -> tuple[DoorSettings, tuple[str, ...]]:
    """The front door's settings, and every fault of any; a door that is told wrongly is looked at as none."""
    try:
        told.look(Existing.from_environment(), os.environ)
    except CannotStart as fault:
        faults = tuple(str(fault.facts.get("faults", fault)).splitlines())
    else:
        return door_settings.read(), ()
    try:
        return door_settings.read(), faults
    except CannotStart:
        return DoorSettings(), faults


def _last_backup(data: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(json.loads((data / LAST_BACKUP).read_text())["at"]), UTC)
    except (OSError, ValueError, KeyError, TypeError):
        return None
