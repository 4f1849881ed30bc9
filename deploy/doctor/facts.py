"""What is known of an installation and its machine when it is looked at;
None or empty: it could not be looked at.

Role: gathered by `machine.py` and `inside.py`, judged by `checks.py`. Nothing in here is a secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from deploy.front_door.certificate import Certificate
from shared.messaging.copies import Copies


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """One place that is written. `refused`: how the system refused a small file there, by errno's name."""

    place: Path
    free_mb: int
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """`kept`: whether somebody keeps it right (NTP), None where the system does not say.
    `behind_s`: by how much it stands before the newest thing that was recorded.
    """

    kept: bool | None = None
    behind_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Port:
    """One that the door needs: why it cannot be opened now, and who has it."""

    number: int
    refused: str = ""
    held_by: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """The name that people type: what it stands for, and whether that is this machine."""

    domain: str
    addresses: tuple[str, ...] = ()
    here: bool = False


@dataclass(frozen=True, slots=True)
class Database:
    """One database: the revision at which it stands, the one that this version expects,
    indexes that it should have and has not, or has and which do not work.
    """

    name: str
    standing: str | None
    expected: str
    missing: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    away: str = ""


@dataclass(frozen=True, slots=True)
class Replicas:
    """The replicas of a database server: what it demands of them (`synchronous_standby_names`, empty for
    nothing), how many are connected, how many of those have every commit, by how much the last one is behind.
    """

    demanded: str = ""
    connected: int = 0
    in_step: int = 0
    behind_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything at one moment."""

    now: datetime
    folder: Path
    production: bool = False
    faults: tuple[str, ...] = ()
    disks: tuple[Disk, ...] = ()
    memory_mb: int | None = None
    clock: Clock = field(default_factory=Clock)
    ports: tuple[Port, ...] = ()
    name: Name | None = None
    certificate: Certificate | None = None
    certificate_fault: str = ""
    open_secrets: tuple[Path, ...] = ()
    running: bool = False
    stopped: tuple[str, ...] = ()
    ready: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Service → what it says of itself; empty for one that does not answer."""
    databases: tuple[Database, ...] = ()
    unlocked: tuple[str, ...] | None = None
    topics: tuple[Copies, ...] | None = None
    replicas: Replicas | None = None
    backup: datetime | None = None
    backup_wanted: bool = False
