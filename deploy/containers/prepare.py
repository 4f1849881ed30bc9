"""What stands before the services of a composed installation or a cluster: databases with their users, the
newest schema, topics, rights and buckets, each made where it is missing. Run before every start, to its end.

Role: the same steps as `jejak up` takes, on servers that exist. Whoever may make databases, topics and
buckets is told to this process alone; where nobody is told, they must be there. Previous hop: Compose, Helm.
Next hop: `deploy/local/postgres/`, `deploy/local/broker/access.py`.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from aiokafka.errors import KafkaError
from psycopg import OperationalError

from deploy.containers import stores
from deploy.containers.told import FILES, OWNER
from deploy.local.broker.access import prepare_broker
from deploy.local.postgres import migrations
from deploy.local.postgres.databases import AccessDatabase, Database, Server
from deploy.local.wanted import Existing
from deploy.messages import CannotStart, sentence
from shared.service_names import SERVICES

PATIENCE_S: Final = 180.0
_PAUSE_S: Final = 1.0


def ways_in(folder: Path) -> tuple[dict[str, Database], AccessDatabase]:
    """The ways into all databases, as the files of the services say them. Raises CannotStart."""
    owners = {name: _read(folder / "prepare" / f"{name}-{OWNER}") for name in (*SERVICES, "access")}
    own = {name: _read(folder / name / FILES["JEJAK_DATABASE_URL"]) for name in SERVICES}
    apps = {name: _read(folder / name / FILES["JEJAK_ACCESS_DATABASE_URL"]) for name in SERVICES}
    databases = {name: Database(_user(own[name]), owners[name], own[name]) for name in SERVICES}
    roles = {name: _user(url) for name, url in apps.items()}
    return databases, AccessDatabase(owners["access"], apps, roles)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise CannotStart("secret-away", file=file, why=error.strerror) from None


def _user(url: str) -> str:
    return unquote(urlsplit(url).username or "")


def make_databases(server: Server, databases: dict[str, Database], access: AccessDatabase) -> None:
    """Databases and users as their addresses say them. Raises CannotStart for an owner called otherwise."""
    wanted = [(one.owner, (one.app,)) for one in databases.values()]
    for owner, apps in (*wanted, (access.owner, tuple(access.apps.values()))):
        name = urlsplit(owner).path.strip("/")
        if _user(owner) != f"{name}_owner":
            raise CannotStart("owner-otherwise", database=name, wanted=f"{name}_owner")
        server.make_empty(name, _secret(owner))
        for app in apps:
            server.admit(name, _user(app), _secret(app))


def _secret(url: str) -> str:
    return unquote(urlsplit(url).password or "")


def _patiently(what: str, act: Callable[[], None]) -> None:
    """A server that is still starting is waited for. Raises CannotStart for one that does not come."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return act()
        except (OperationalError, KafkaError, OSError, stores.StoreAway) as error:
            if time.monotonic() > until:
                raise CannotStart("server-away", part=what, why=str(error)[:300]) from None
            time.sleep(_PAUSE_S)


def prepare(folder: Path, given: Existing) -> None:
    """All of it, in the order in which one stands on the other. Raises CannotStart."""
    databases, access = ways_in(folder)
    if given.database_url:
        server = Server(given.database_url)
        _patiently("PostgreSQL", lambda: make_databases(server, databases, access))
    with tempfile.TemporaryDirectory() as place:
        log = Path(place) / "migrate.log"
        try:
            _patiently("PostgreSQL", lambda: migrations.migrate(databases, access, log))
        except CannotStart:
            sys.stderr.write(log.read_text() if log.exists() else "")
            raise
    _say("prepared-databases")
    if given.kafka:
        kafka = given.kafka
        _patiently("Kafka", lambda: prepare_broker(kafka, ours=True))
        _say("prepared-broker")
    if given.s3:
        s3 = given.s3
        _patiently("S3", lambda: stores.prepare(s3, folder))
        _say("prepared-store")


def _say(key: str) -> None:
    sys.stdout.write(f"{sentence(key)}\n")
    sys.stdout.flush()


def main() -> int:
    """`python -m deploy.containers.prepare [FOLDER]`, the folder with one folder of secrets a service."""
    try:
        prepare(Path(sys.argv[1] if len(sys.argv) > 1 else "/run/secrets"), Existing.from_environment())
    except CannotStart as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
