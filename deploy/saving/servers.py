"""The servers of an installation that is saved or restored, and the owner's way into each of its databases.

Used by `backup.py` and `restore.py`.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.instance import Instance
from deploy.local.postgres.databases import Server
from deploy.local.secrets import SecretFolder
from deploy.local.servers import Servers
from deploy.local.supervision.claim import noted
from deploy.local.wanted import Existing
from shared.access.database import ACCESS
from shared.service_names import SERVICES


def owners(server: Server, secrets: SecretFolder) -> dict[str, str]:
    """The owner's way into each database, by service, and into that of sessions."""
    return {
        name: server.url(f"jejak_{name}", f"jejak_{name}_owner", secrets.get(secret))
        for name, secret in (
            *((service, f"database-{service}-owner") for service in SERVICES),
            (ACCESS, "database-access-owner"),
        )
    }


@contextmanager
def servers_of(folder: Path) -> Iterator[Servers]:
    """The servers of the installation: those that run, else started for as long as they are needed."""
    existing = Existing.from_environment()
    if not noted(folder):
        with Instance(folder, services=False, existing=existing) as instance:
            yield instance.servers
        return
    ports: dict[str, int] = json.loads((folder / "ports.json").read_text())
    yield Servers(
        folder,
        ports,
        "auto",
        existing,
        say=lambda _line: None,
        stage=lambda _key: None,
        fetching=lambda _done, _of: None,
    )
