"""`jejak status` and `jejak down`: what runs on a data folder, and ending it from another terminal."""

import json
import os
import shlex
import signal
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from deploy.commands import terminal
from deploy.local.service_process import environment_file, forget_environments
from deploy.local.supervision.child import started_at, stop_left_overs
from deploy.local.supervision.claim import noted
from deploy.messages import sentence

PATIENCE = 60.0


def status(folder: Path, *, as_json: bool) -> int:
    """Show address and parts; the exit code is 0 when everything runs, 3 when nothing does,
    1 when a part is down.
    """
    folder = folder.resolve()
    note = noted(folder)
    rows = [{**row, "running": runs(row, folder)} for row in note.get("table", [])]
    if as_json:
        found = {"running": bool(note), "address": note.get("address"), "folder": str(folder), "parts": rows}
        terminal.console.print_json(json.dumps(found))
    elif note:
        terminal.console.print(terminal.parts_table(rows, state=True))
        terminal.console.print(note["address"])
    else:
        terminal.console.print(sentence("not-running", folder=folder), soft_wrap=True)
    if not note:
        return 3
    return 0 if all(row["running"] for row in rows) else 1


def runs(row: dict[str, Any], folder: Path) -> bool:
    """Whether the part's process of now, which may be a later one than was noted, is there."""
    if row["pid"] is None:
        return bool(row["running"])
    try:
        record = json.loads((folder / "run" / f"{row['name']}.json").read_text())
    except (OSError, ValueError):
        return False
    begun = started_at(record["pid"])
    return (
        begun is not None
        and abs(begun - record["started"]) < 1
        and psutil.Process(record["pid"]).status() != psutil.STATUS_ZOMBIE
    )


def env(folder: Path, service: str) -> int:
    """Print the environment of a service of the running Jejak, for `eval`; it holds secrets.
    3 where nothing runs.
    """
    folder = folder.resolve()
    if not noted(folder):
        terminal.errors.print(sentence("not-running", folder=folder), soft_wrap=True)
        return 3
    known: dict[str, str] = json.loads(environment_file(folder, service).read_text())
    for name, value in sorted(known.items()):
        sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
    return 0


def down(folder: Path) -> int:
    """End the Jejak of that folder and wait until it has stopped;
    also ends what a killed supervisor left behind.
    """
    folder = folder.resolve()
    note = noted(folder)
    if not note:
        forget_environments(folder)
        left = stop_left_overs(folder / "run")
        terminal.line(
            sentence("left-over", names=", ".join(left)) if left else sentence("not-running", folder=folder)
        )
        return 0
    os.kill(int(note["pid"]), signal.SIGTERM)
    until = time.monotonic() + PATIENCE
    while noted(folder) and time.monotonic() < until:
        time.sleep(0.1)
    terminal.line(sentence("stopped-in", folder=folder))
    return 1 if noted(folder) else 0
