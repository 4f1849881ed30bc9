"""What each part of a composed installation is told in files: made from the installation's own secrets, in a
folder for each container, which sees no other. They can be thrown away: `jejak init` makes them anew.

Role: the names of the containers and the forms of the settings meet here. Previous hop: `folder.py`.
Next hop: `deploy/compose.yaml`, which mounts each folder where `NAME_FILE` names it.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from deploy.local import certificates, seaweedfs
from deploy.local.broker import kafka
from deploy.local.postgres.databases import SUPERUSER, Server
from deploy.local.secrets import SecretFolder, ed25519_seed
from deploy.local.signing import feed_askers, feed_secrets, signing_key
from shared.service_names import SERVICES

POSTGRES, KAFKA, STORE = ("postgres", 5432), ("kafka", 9092), ("s3", 8333)
CONTROLLER: Final = 9093
KAFKA_DATA, MOUNTED = Path("/data/kafka"), Path("/run/secrets")
FILES: Final[Mapping[str, str]] = {
    "JEJAK_DATABASE_URL": "database-url",
    "JEJAK_ACCESS_DATABASE_URL": "access-database-url",
    "JEJAK_KAFKA": "kafka",
    "JEJAK_S3": "s3",
    "JEJAK_SIGNING_KEY": "signing-key",
    "JEJAK_FEED_SECRETS": "feed-secrets",
    "JEJAK_FEED_ASKERS": "feed-askers",
    "JEJAK_CHECKPOINT_KEY": "checkpoint-key",
}
"""Setting → the file of a service's folder in which it stands; the last one for archive alone."""
OWNER: Final = "owner-database-url"
"""In the folder of whoever prepares, behind the name of the service: no running service may change tables."""


def files(secrets: SecretFolder) -> dict[str, str]:
    """Everything, by its path below the folder of what is told."""
    server = _server(secrets)
    found = {f"{name}/{file}": text for name in SERVICES for file, text in _service(secrets, name).items()}
    for name in (*SERVICES, "access"):
        database = f"jejak_{name}"
        secret = secrets.get(f"database-{name}-owner")
        found[f"prepare/{name}-{OWNER}"] = server.url(database, f"{database}_owner", secret)
    found["prepare/database-url"] = server.admin_url
    found["prepare/kafka"] = kafka.url(_at(KAFKA), secrets)
    found["prepare/s3"] = seaweedfs.url(STORE[1], secrets, host=STORE[0])
    found["postgres/password"] = secrets.get("postgres-superuser")
    found["kafka/server.properties"] = kafka.settings_text(
        KAFKA[0], KAFKA[1], CONTROLLER, KAFKA_DATA, kafka.users(secrets)
    )
    return {**found, **_stores(secrets)}


def _service(secrets: SecretFolder, name: str) -> dict[str, str]:
    server, role = _server(secrets), f"jejak_access_{name}"
    told = {
        "database-url": server.url(f"jejak_{name}", f"jejak_{name}", secrets.get(f"database-{name}")),
        "access-database-url": server.url("jejak_access", role, secrets.get(f"database-access-{name}")),
        "kafka": kafka.url(_at(KAFKA), secrets, name),
        "s3": seaweedfs.url(STORE[1], secrets, name, STORE[0]),
        "signing-key": signing_key(secrets, name),
        "feed-secrets": feed_secrets(secrets, name),
        "feed-askers": feed_askers(secrets, name),
    }
    if name == "archive":
        told["checkpoint-key"] = secrets.get("checkpoint-key", ed25519_seed)
    return told


def _stores(secrets: SecretFolder) -> dict[str, str]:
    """For SeaweedFS its users and what shuts its other doors, for MinIO its administrator."""
    certificates.make(secrets, "seaweedfs")
    pairs = {f"seaweedfs-{part}.pem" for part in ("ca", "cert", "key")}
    access, secret = seaweedfs.keys(secrets, seaweedfs.ADMIN)
    return {
        "seaweedfs/s3.json": json.dumps(seaweedfs.identities(secrets)),
        "seaweedfs/security.toml": seaweedfs.security(secrets, MOUNTED),
        "seaweedfs/master.toml": seaweedfs.GROWTH,
        **{f"seaweedfs/{name}": (secrets.folder / name).read_text() for name in pairs},
        "minio/user": access,
        "minio/password": secret,
    }


def _server(secrets: SecretFolder) -> Server:
    return Server(f"postgresql://{SUPERUSER}:{secrets.get('postgres-superuser')}@{_at(POSTGRES)}/postgres")


def _at(place: tuple[str, int]) -> str:
    return f"{place[0]}:{place[1]}"
