"""Brings the databases of all four services and that of sessions up to date in one process,
which spares four starts of everything a service imports.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.local.places import PROJECT
from deploy.local.postgres.databases import AccessDatabase, Database
from deploy.messages import CannotStart

NEWER = 3


def migrate(databases: Mapping[str, Database], access: AccessDatabase, log: Path) -> None:
    """Run what is missing as each database's owner; raises CannotStart when
    one cannot be done or is of a newer Jejak.
    """
    asked: dict[str, dict[str, object]] = {
        name: {"owner": one.owner, "role": one.name} for name, one in databases.items()
    }
    asked["access"] = {"owner": access.owner, "roles": dict(access.roles)}
    command = [sys.executable, "-m", "deploy.local.postgres.migrations"]
    done = subprocess.run(
        command, cwd=PROJECT, input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    log.write_text(done.stdout + done.stderr)
    if done.returncode:
        last = next(
            (line for line in reversed((done.stdout + done.stderr).splitlines()) if line.strip()), "-"
        )[:300]
        service = (done.stdout.split() or ["?"])[-1]
        if done.returncode == NEWER:
            raise CannotStart("newer-database", service=service)
        raise CannotStart("migrate-failed", service=service, log=log, last=last)


def main() -> int:
    """Reads {service: {owner, role}} and {"access": {owner, roles}},
    and says each before it begins with it.
    """
    from shared.access.database import prepare
    from shared.migrations.migrate import NewerData
    from shared.migrations.migrate import migrate as upgrade

    for service, way in json.load(sys.stdin).items():
        sys.stdout.write(f"{service}\n")
        sys.stdout.flush()
        try:
            if service == "access":
                prepare(way["owner"], way["roles"])
            else:
                upgrade(service, way["owner"], way["role"])
        except NewerData as newer:
            sys.stderr.write(f"{newer}\n")
            return NEWER
    return 0


if __name__ == "__main__":
    sys.exit(main())
