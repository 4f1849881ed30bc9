"""Facts of an installation that runs: what its services say, where its databases stand, what its store locks.

Previous hop: `deploy/commands/doctor.py`. Next hop: `checks.py`. Looks only; changes nothing.
"""

import json
import re
from collections.abc import Iterable, Mapping
from http.client import HTTPConnection, HTTPException
from itertools import islice
from pathlib import Path
from typing import Any, Final

import psycopg
from minio import Minio
from minio.error import MinioException, S3Error
from urllib3.exceptions import HTTPError

from deploy.doctor.facts import Database
from deploy.local import ports, seaweedfs
from deploy.local.postgres.databases import Server
from deploy.local.service_process import environment_file
from deploy.local.wanted import Existing
from shared.access.database import ACCESS
from shared.migrations.kernel import STEPS
from shared.migrations.migrate import newest, standing
from shared.objects.address import S3Address
from shared.objects.s3_client import client_of
from shared.service_names import SERVICES

_INDEX: Final = re.compile(
    r"\b(CREATE|DROP) (?:UNIQUE )?INDEX (?:IF (?:NOT )?EXISTS )?(?!IF\b|ON\b)(\w+)", re.IGNORECASE
)
_ROOT: Final = Path(__file__).parents[2]
MOST_LOOKED_AT: Final = 1_000


def ready(folder: Path) -> dict[str, Mapping[str, Any]]:
    """What each service says of itself; nothing for one that does not answer."""
    return {service: _asked(environment_file(folder, service), service) for service in SERVICES}


def _asked(file: Path, service: str) -> Mapping[str, Any]:
    try:
        port = json.loads(file.read_text())["JEJAK_PORT"]
        connection = HTTPConnection(ports.LOOPBACK, int(port), timeout=5)
        connection.request("GET", f"/api/{service}/health/ready")
        said: Mapping[str, Any] = json.loads(connection.getresponse().read())
    except (OSError, HTTPException, ValueError, KeyError):
        return {}
    return said


def server(folder: Path, existing: Existing) -> Server | None:
    """The database server of the installation, entered as its administrator; None before a first start."""
    if existing.database_url:
        return Server(existing.database_url)
    try:
        port = json.loads((folder / "ports.json").read_text())["postgres"]
        secret = (folder / "secrets" / "postgres-superuser").read_text()
    except (OSError, ValueError, KeyError):
        return None
    return Server.local(port, secret)


def databases(folder: Path, there: Server) -> tuple[Database, ...]:
    """Each database, looked into as its owner."""
    return tuple(_database(there, name, folder / "secrets") for name in (*SERVICES, ACCESS))


def _database(there: Server, name: str, secrets: Path) -> Database:
    called, expected = f"jejak_{name}", newest(name)
    try:
        url = there.url(called, f"{called}_owner", (secrets / f"database-{name}-owner").read_text())
        stands = standing(url)
        with psycopg.connect(url, connect_timeout=5) as conn:
            rows = conn.execute(
                "SELECT c.relname, i.indisvalid AND i.indisready FROM pg_index i "
                "JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
                "WHERE n.nspname = 'public'"
            ).fetchall()
    except (OSError, psycopg.Error) as error:
        return Database(name, None, expected, away=str(error).strip().partition("\n")[0][:200])
    there_now = {str(index): bool(works) for index, works in rows}
    missing = sorted(expected_indexes(name) - there_now.keys())
    broken = sorted(index for index, works in there_now.items() if not works)
    return Database(name, stands, expected, tuple(missing), tuple(broken))


def expected_indexes(name: str) -> set[str]:
    """The indexes that the migrations of a database make, by name, in the order of the files."""
    found: set[str] = set()
    for file in _sources(name):
        for verb, index in _INDEX.findall(file.read_text(encoding="utf-8")):
            (found.add if verb.upper() == "CREATE" else found.discard)(index)
    return found


def _sources(name: str) -> Iterable[Path]:
    if name == ACCESS:
        room = _ROOT / "shared" / "access"
        return [*sorted(room.rglob("*.sql")), *sorted((room / "migrations").glob("[0-9]*.py"))]
    own = sorted((_ROOT / "services" / name / "migrations").glob("[0-9]*.py"))
    return [*(file for step in STEPS.values() for file in step), *own]


def unlocked(folder: Path) -> tuple[str, ...] | None:
    """Keys in the archive bucket, of those that are looked at, that no lock holds;
    None where the store does not say. Asked with the key of archive.
    """
    try:
        told = json.loads(environment_file(folder, "archive").read_text())
        client = client_of(S3Address.from_url(told["JEJAK_S3"]), reads=True)
        bucket = told.get("JEJAK_S3_ARCHIVE_BUCKET", seaweedfs.ARCHIVE_BUCKET)
        listed = islice(client.list_objects(bucket, recursive=True), MOST_LOOKED_AT)
        keys = [str(each.object_name) for each in listed]
        return tuple(key for key in keys if not _is_locked(client, bucket, key))
    except (OSError, ValueError, KeyError, MinioException, HTTPError):
        return None


def _is_locked(client: Minio, bucket: str, key: str) -> bool:
    """Whether the newest version is held; stores differ in how they say that it is not."""
    try:
        return client.get_object_retention(bucket, key) is not None
    except S3Error as error:
        if error.code not in {"ObjectLockConfigurationNotFoundError", "NoSuchObjectLockConfiguration"}:
            raise
        return False
