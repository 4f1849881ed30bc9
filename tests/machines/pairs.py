"""A PostgreSQL for each service with a synchronous replica, each as on a machine of its own."""

import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from deploy.local import ports
from deploy.local.postgres import server as postgres
from deploy.local.postgres.databases import SUPERUSER, Server
from deploy.local.secrets import SecretFolder
from deploy.local.supervision.child import OsUser
from deploy.local.supervision.part import Part
from deploy.local.supervision.supervisor import Supervisor

SMALL = {"shared_buffers": "24MB", "max_connections": "120", "fsync": "off", "autovacuum": "off"}
"""Nothing here outlives the machine; processes die, and what they wrote does not."""


@dataclass(slots=True)
class Pair:
    """`places`: name and port of each server, the primary of now first."""

    service: str
    folder: Path
    secrets: SecretFolder
    supervisor: Supervisor
    places: list[tuple[str, int]]

    @property
    def url(self) -> str:
        """Both servers, as the administrator enters them and as everybody finds the one that takes writes."""
        ways = ",".join(f"{ports.LOOPBACK}:{port}" for _, port in self.places)
        secret = self.secrets.get("postgres-superuser")
        return f"postgresql://{SUPERUSER}:{secret}@{ways}/postgres?target_session_attrs=read-write"

    @property
    def server(self) -> Server:
        return Server(self.url)

    def entered(self, number: int) -> "psycopg.Connection[tuple[object, ...]]":
        """One of the two, as its administrator."""
        return psycopg.connect(self._way(number), autocommit=True)

    def start(self) -> None:
        """Both servers, and commits wait for the second."""
        self._run(0)
        self.add_replica(1)

    def add_replica(self, number: int) -> None:
        """A copy of the other server, taken while it works, in place of whatever was there; commits wait for
        it from then on.
        """
        name, _ = self.places[number]
        user = OsUser.nobody() if os.geteuid() == 0 else None
        place = postgres.data_place(self.folder / name) / f"data-{time.monotonic_ns()}"
        current = place.parent / "data"
        if current.exists():
            current.rename(place.with_name(f"before-{time.monotonic_ns()}"))
        command = [
            str(postgres.programs() / "pg_basebackup"),
            "-D",
            str(current),
            "-d",
            self._way(1 - number),
        ]
        current.mkdir(parents=True, mode=0o700)
        if user is not None:
            os.chown(current, user.uid, user.gid)
        subprocess.run(
            [*command, "--write-recovery-conf", "--checkpoint=fast", "--no-sync"],
            cwd="/",
            user=None if user is None else user.uid,
            group=None if user is None else user.gid,
            extra_groups=None if user is None else [],
            capture_output=True,
            check=True,
        )
        self._run(number)
        self.commits_wait_for_a_replica(1 - number)

    def commits_wait_for_a_replica(self, primary: int) -> None:
        with self.entered(primary) as conn:
            conn.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            conn.execute("SELECT pg_reload_conf()")
            while conn.execute(
                "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
            ).fetchone() != (1,):
                time.sleep(0.05)

    def promote(self, number: int) -> None:
        """Makes the replica the primary; comes back when it takes writes."""
        with self.entered(number) as conn:
            conn.execute("SELECT pg_promote(true, 30)")

    def kill(self, number: int) -> None:
        self.supervisor.kill(self.name(number))

    def name(self, number: int) -> str:
        return f"postgres-{self.places[number][0]}"

    def _way(self, number: int) -> str:
        port = self.places[number][1]
        secret = self.secrets.get("postgres-superuser")
        return f"postgresql://{SUPERUSER}:{secret}@{ports.LOOPBACK}:{port}/postgres"

    def _run(self, number: int) -> None:
        name, port = self.places[number]
        part: Part = postgres.prepare(self.folder / name, port, self.secrets, **SMALL)
        part.name = part.title = self.name(number)
        self.supervisor.start([part])


def pair_of(
    service: str, folder: Path, chosen: Mapping[str, int], secrets: SecretFolder, supervisor: Supervisor
) -> Pair:
    places = [(name, chosen[name]) for name in (f"{service}-a", f"{service}-b")]
    return Pair(service, folder, secrets, supervisor, places)
