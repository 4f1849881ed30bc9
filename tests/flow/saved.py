"""What the drills of backup and restore have in common: an operator with keys, a cycle that runs
meanwhile, the tables of a dump, the command line.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pyrage

from deploy.demo.cycle import play_cycle
from deploy.demo.days import of_year
from deploy.local import places
from deploy.local.instance import Instance
from deploy.local.postgres.server import programs
from deploy.saving.keys import Told, unlocked

IDENTITY = pyrage.x25519.Identity.generate()
TOLD = Told(recipient=str(IDENTITY.to_public()), identity=str(IDENTITY))
"""As an operator has it whose identity lies in a safe; a passphrase costs a second of each backup."""
PASSPHRASE = "kuda laut berenang malam"
OTHER = pyrage.x25519.Identity.generate()
JEJAK = [sys.executable, "-m", "deploy.cli"]
YEAR = 2024


class Load(threading.Thread):
    """A whole cycle, while something else is looked at."""

    def __init__(self, jejak: Instance) -> None:
        super().__init__(daemon=True)
        self._jejak, self.steps = jejak, 0
        self.failed: list[BaseException] = []

    def run(self) -> None:
        def count(_step: int, _what: str) -> None:
            self.steps += 1

        try:
            play_cycle(self._jejak.address, count, days=of_year(YEAR), patience=240)
        except BaseException as failure:  # noqa: BLE001  told where it is waited for
            self.failed.append(failure)


def dumped(folder: Path, service: str) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
    """How far the streams of a dump go, and how far it has taken in others."""
    heads, reached = dict[str, int](), dict[tuple[str, str], int]()
    for row in table(folder, service, "event", "stream,version"):
        heads[row["stream"]] = max(heads.get(row["stream"], 0), int(row["version"]))
    for row in table(folder, service, "cursor", "source,stream,version"):
        reached[row["source"], row["stream"]] = int(row["version"])
    return heads, reached


def table(folder: Path, service: str, name: str, columns: str) -> Iterator[dict[str, str]]:
    """The rows of one table of a dump, as `pg_restore` writes them."""
    dump = (folder / f"{service}.dump").read_bytes()
    if service == "access":
        dump = unlocked(dump, TOLD)
    command = [
        str(programs() / "pg_restore"),
        "--file=-",
        "--data-only",
        f"--table={name}",
    ]
    said = subprocess.run(command, capture_output=True, input=dump, check=True).stdout.decode()
    inside: list[str] = []
    for line in said.splitlines():
        if line.startswith("COPY "):
            inside = [one.strip('" ') for one in line.partition("(")[2].partition(")")[0].split(",")]
        elif line == "\\.":
            inside = []
        elif inside:
            row = dict(zip(inside, line.split("\t"), strict=True))
            yield {column: row[column] for column in columns.split(",")}


def run(folder: Path, *words: str, **told: str) -> "subprocess.Popen[str]":
    known = {
        **os.environ,
        "JEJAK_LANGUAGE": "en",
        "JEJAK_BACKUP_RECIPIENT": TOLD.recipient,
        "JEJAK_BACKUP_IDENTITY": TOLD.identity,
        **told,
    }
    return subprocess.Popen(
        [*JEJAK, *words, "--data", str(folder)],
        cwd=places.PROJECT,
        env=known,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def finished(process: "subprocess.Popen[str]") -> tuple[int, str]:
    said, _ = process.communicate(timeout=300)
    return process.returncode, said
