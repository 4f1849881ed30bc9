"""The cut: snapshots of all databases of an installation that belong together, taken while it works.

Role: no database of a cut knows of an event that its source does not hold in the same cut. Services listen to
each other in a circle, so no order of snapshots alone gives that: for the moment in which the snapshots are
taken, nobody takes events in; people go on. Used by `backup.py`.
"""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO, Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import DeadlockDetected, LockNotAvailable

from deploy.local.postgres.server import programs
from deploy.messages import CannotStart

TRIES: Final = 300
_LOCK: Final = "LOCK TABLE cursor, parked IN EXCLUSIVE MODE"
"""Whoever takes an event in, or puts one aside, changes one of these in the same transaction."""
_STAYS: Final = "-c idle_in_transaction_session_timeout=0 -c statement_timeout=0"
Way = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One database as it was at the cut, for as long as the cut is held; `way` is its owner's."""

    name: str
    way: str
    id: str
    conn: Way

    def ask(self, question: str) -> Any:
        """The one value that the database answers, as it was at the cut."""
        found = self.conn.execute(question.encode()).fetchone()
        return found[0] if found else None


@contextmanager
def cut(services: Mapping[str, str], others: Mapping[str, str]) -> Iterator[dict[str, Snapshot]]:
    """Snapshots of the databases of all services and of `others`, by name; both: name → its owner's way in.
    Raises CannotStart where the services cannot be held for a moment.
    """
    ways = {**others, **services}  # first what follows from a service, then the service
    with ExitStack() as stack:
        readers = {
            name: stack.enter_context(psycopg.connect(way, connect_timeout=10, options=_STAYS))
            for name, way in ways.items()
        }
        for conn in readers.values():
            conn.isolation_level, conn.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
        with _held(services):
            found = {name: _exported(name, conn) for name, conn in readers.items()}
        yield {name: Snapshot(name, ways[name], found[name], conn) for name, conn in readers.items()}


def _exported(name: str, conn: Way) -> str:
    found = conn.execute("SELECT pg_export_snapshot()").fetchone()
    if found is None:
        raise CannotStart("backup-database", name=name, reason="no snapshot")
    return str(found[0])


@contextmanager
def _held(services: Mapping[str, str]) -> Iterator[None]:
    """Nobody takes anything in while the block runs. Of two who wait for each other we step back."""
    with ExitStack() as stack:
        holders = [stack.enter_context(psycopg.connect(way, connect_timeout=10)) for way in services.values()]
        for _ in range(TRIES):
            if all(_locked(conn) for conn in holders):
                break
            for conn in holders:
                conn.rollback()
        else:
            raise CannotStart("backup-never-quiet")
        try:
            yield
        finally:
            for conn in holders:
                conn.rollback()


def _locked(conn: Way) -> bool:
    try:
        conn.execute("SET LOCAL lock_timeout = '200ms'")
        conn.execute(_LOCK)
    except (LockNotAvailable, DeadlockDetected):
        return False
    return True


def dump(snapshot: Snapshot, *, without_rows_of: tuple[str, ...] = (), out: IO[bytes] | None = None) -> bytes:
    """Writes the database as it was at the cut into `out`, else answers it, in the form of `pg_restore`.
    Raises CannotStart.
    """
    left_out = [f"--exclude-table-data={table}" for table in without_rows_of]
    command = ["pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot.id}", *left_out]
    return _run(snapshot.name, snapshot.way, command, stdout=out or subprocess.PIPE)


def load(name: str, way: str, **dumped: Any) -> None:
    """Fills an empty database from a dump, `stdin` a file or `input` its bytes, wholly or not at all. Raises
    CannotStart.
    """
    database = str(conninfo_to_dict(way)["dbname"])
    command = ["pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", "--dbname", database]
    _run(name, way, command, **dumped)
    with psycopg.connect(way, autocommit=True) as conn:
        conn.execute("VACUUM ANALYZE")


def _run(name: str, way: str, command: list[str], **files: Any) -> bytes:
    given = conninfo_to_dict(way)
    told = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
    }
    told |= {"sslmode": "PGSSLMODE", "target_session_attrs": "PGTARGETSESSIONATTRS"}
    known = {variable: str(given[key]) for key, variable in told.items() if given.get(key)}
    done = subprocess.run(
        [str(programs() / command[0]), *command[1:]],
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **known},
        stderr=subprocess.PIPE,
        check=False,
        **files,
    )
    if done.returncode:
        last = (done.stderr.decode(errors="replace").strip().splitlines() or ["-"])[-1]
        raise CannotStart("backup-database", name=name, reason=last[:300])
    return done.stdout or b""
