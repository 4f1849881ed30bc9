"""Brings the databases of all four services and that of sessions up to date in one process,
which spares four starts of everything a service imports. One that is up to date costs one question.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.local.places import PROJECT
from deploy.local.postgres.databases import AccessDatabase, Database
from deploy.messages import CannotStart
from shared.access.database import ACCESS, admit
from shared.migrations.migrate import NewerData, newest, standing
from shared.migrations.migrate import migrate as upgrade

NEWER = 3


def migrate(databases: Mapping[str, Database], access: AccessDatabase, log: Path) -> None:
    """Run what is missing as each database's owner; raises CannotStart when
    one cannot be done or is of a newer Jejak.
    """
    asked = {name: (one.owner, one.name) for name, one in databases.items()}
    asked[ACCESS] = (access.owner, "")
    behind = {name: way for name, way in asked.items() if standing(way[0]) != newest(name)}
    if behind:
        _upgrade(behind, log)
    admit(access.owner, access.roles)


def _upgrade(behind: Mapping[str, tuple[str, str]], log: Path) -> None:
    """In a process of its own, which alone imports what migrations need."""
    command = [sys.executable, "-m", "deploy.local.postgres.migrations"]
    done = subprocess.run(
        command, cwd=PROJECT, input=json.dumps(behind), capture_output=True, text=True, check=False
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
    """Reads {service: [owner, role]} and says each before it begins with it."""
    for service, (owner, role) in json.load(sys.stdin).items():
        sys.stdout.write(f"{service}\n")
        sys.stdout.flush()
        try:
            upgrade(service, owner, role)
        except NewerData as newer:
            sys.stderr.write(f"{newer}\n")
            return NEWER
    return 0


if __name__ == "__main__":
    sys.exit(main())
