"""The real parts that tests run on: given addresses first, then containers when a Docker daemon answers, then our own child processes."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from deploy.local import places, ports, postgres
from deploy.local.postgres import Database
from deploy.local.secrets import SecretFolder
from deploy.local.supervisor import Supervisor

EXERCISED: dict[str, str] = {}  # what the terminal summary prints: part → version and where it came from


@dataclass
class PostgresPart:
    """A real server; every test takes a database of its own from it."""

    server: postgres.Server
    made: list[str] = field(default_factory=list)

    def fresh_database(self, name: str = "test") -> Database:
        """A new empty database with its two roles: `.owner` for migrations, `.app` as the service uses it."""
        database = f"jejak_{name}_{secrets.token_hex(4)}"
        self.made.append(database)
        return self.server.make_database(database, owner_secret=secrets.token_urlsafe(12), app_secret=secrets.token_urlsafe(12))


def own_folder(name: str) -> Path:
    """A temporary folder that the user `nobody` may pass through, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix=f"jejak-{name}-"))
    folder.chmod(0o711)
    return folder


def remove_folder(folder: Path) -> None:
    outside = postgres.data_place(folder)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(outside, ignore_errors=True)


@pytest.fixture(scope="session")
def parts_folder() -> Iterator[Path]:
    folder = places.open_data_folder(own_folder("tests"))
    yield folder
    remove_folder(folder)


@pytest.fixture(scope="session", name="postgres")
def postgres_part(parts_folder: Path) -> Iterator[PostgresPart]:
    given = os.environ.get("JEJAK_TEST_DATABASE_URL")
    if given:
        part = PostgresPart(postgres.Server(given))
        EXERCISED["PostgreSQL"] = f"{part.server.version()} (given)"
        yield part
        for database in part.made:
            part.server.drop_database(database)
        return
    held = SecretFolder(parts_folder / "secrets")
    port = ports.free_ports(1)[0]
    supervisor = Supervisor()
    try:
        supervisor.start([postgres.prepare(parts_folder, port, held)])
        part = PostgresPart(postgres.Server.local(port, held.get("postgres-superuser")))
        EXERCISED["PostgreSQL"] = f"{part.server.version()} (own process)"
        yield part
    finally:
        supervisor.stop()
