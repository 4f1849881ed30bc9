"""The schedule of backups: `jejak up` makes one whenever it is due.

Role: a backup that somebody must think of is not made. Each is a process of its own, so that it can fail by
itself; how old the newest is says archive on *Macet*. Used by `jejak up`.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from deploy.local.places import PROJECT
from deploy.messages import CannotStart, sentence
from deploy.saving.keys import Told
from deploy.saving.place import Place
from shared import settings, settings_told

TO, EVERY = "JEJAK_BACKUP_TO", "JEJAK_BACKUP_EVERY_HOURS"
AGAIN: Final = timedelta(minutes=10)
"""After this a backup that failed is tried again."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Where backups go, and how often."""

    place: Place
    every: timedelta

    @classmethod
    def told(cls, environment: Mapping[str, str] = os.environ) -> "Schedule | None":
        """What was ordered; None where nothing was. Raises CannotStart for half an order."""
        told, faults = settings_told.found(environment, (TO, EVERY))
        if faults:
            raise CannotStart("told-wrongly", faults="\n".join(faults.values()))
        if not told:
            return None
        if len(told) == 1 or settings.fault_of(EVERY, told[EVERY]):
            raise CannotStart("backup-half-ordered")
        ways = Told.from_environment(environment)
        if not (ways.recipient or ways.passphrase):
            raise CannotStart("backup-no-key")
        return cls(Place(Path(told[TO])), timedelta(hours=int(told[EVERY])))

    def due_in(self, now: datetime) -> timedelta:
        """How long until the next; nothing or less when it is due."""
        made = self.place.newest_at()
        return timedelta(0) if made is None else made + self.every - now


def keep(schedule: Schedule, folder: Path, say: Say, ending: threading.Event) -> threading.Thread:
    """Makes backups until `ending`, beside whatever else runs; says each in one line."""

    def run() -> None:
        wait = schedule.due_in(datetime.now(UTC))
        while not ending.wait(max(1.0, wait.total_seconds())):
            made = once(schedule, folder, say)
            wait = schedule.due_in(datetime.now(UTC)) if made else AGAIN

    thread = threading.Thread(target=run, name="backups", daemon=True)
    thread.start()
    return thread


def once(schedule: Schedule, folder: Path, say: Say) -> bool:
    """Makes one now; answers whether it was finished."""
    command = [
        sys.executable,
        "-m",
        "deploy.cli",
        "backup",
        str(schedule.place.folder),
        "--data",
        str(folder),
    ]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    last = next((line for line in reversed((done.stdout + done.stderr).splitlines()) if line.strip()), "-")
    finished = done.returncode in {0, 3}
    say(
        last.strip() if finished else sentence("backup-failed", code=done.returncode, last=last.strip()[:300])
    )
    return finished
