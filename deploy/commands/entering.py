"""`jejak invite` and `jejak join`: the first official of an installation comes in by whoever holds the
machine.

Previous hop: `deploy/cli_entering.py`. Next hop: `services/intake/account/terminal.py` and
`services/intake/login/terminal.py`, in a process of its own that is told what intake is told.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg

from deploy.commands import terminal
from deploy.doctor import inside
from deploy.installing.settings_file import NAME, in_production
from deploy.local.service_process import environment_file
from deploy.local.supervision.claim import noted
from deploy.local.wanted import Existing
from deploy.messages import sentence


def invite(folder: Path, person: str) -> int:
    """Print a link by which this person sets a password. 1: nobody is called so, 3: nothing runs."""
    return told_as(folder, "intake", "services.intake.account.terminal", person)


def join(folder: Path, mark: str, person: str) -> int:
    """Say who a login is that waits; without a mark, which ones wait. 1: refused, 3: nothing runs."""
    return told_as(folder, "intake", "services.intake.login.terminal", *filter(None, (mark, person)))


def told_as(folder: Path, service: str, module: str, *arguments: str) -> int:
    """Run a module in a process of its own that is told what a service of the running Jejak is told; its exit
    code, or 3 where nothing runs.
    """
    folder = folder.resolve()
    if not noted(folder):
        terminal.errors.print(sentence("not-running", folder=folder), soft_wrap=True)
        return 3
    told: dict[str, str] = json.loads(environment_file(folder, service).read_text())
    return subprocess.run(
        [sys.executable, "-m", module, *arguments], env={**os.environ, **told}, check=False
    ).returncode


def way_in(folder: Path) -> str:
    """How the first official comes in, as a sentence; empty where somebody has come in already,
    where that cannot be seen, and outside production.
    """
    if not in_production():
        return ""
    there = inside.server(folder, Existing.from_environment())
    if there is None:
        return ""
    try:
        secret = (folder / "secrets" / "database-intake-owner").read_text()
        with psycopg.connect(there.url("jejak_intake", "jejak_intake_owner", secret)) as conn:
            found = conn.execute(
                "SELECT 1 FROM event WHERE type IN ('account-activated', 'login-joined') LIMIT 1"
            ).fetchone()
    except (OSError, psycopg.Error):
        return ""
    home = folder.parent if (folder.parent / NAME).exists() else folder
    key = "first-way-local" if "local" in os.environ.get("JEJAK_LOGIN", "").split(",") else "first-way-oidc"
    return "" if found else sentence(key, folder=home)


def say_way_in(folder: Path) -> None:
    """At the terminal, where nobody could sign in otherwise."""
    if hint := way_in(folder):
        terminal.line(hint)
