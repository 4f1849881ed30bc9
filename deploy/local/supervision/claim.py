"""One supervisor per data folder: a lock that the kernel releases however we end,
and a note of what runs for `status` and `down`.
"""

import fcntl
import json
import os
from pathlib import Path
from typing import Any

from deploy.local.places import remove
from deploy.local.supervision.child import started_at
from deploy.messages import CannotStart


class Claim:
    """The right to run the parts of a folder. Taken before anything is touched,
    given back at the very end.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._held = (folder / "lock").open("a")
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._held.close()
            raise CannotStart(
                "already-running", folder=folder, address=noted(folder).get("address", "?")
            ) from None

    def note(self, **facts: Any) -> None:
        """Write down what runs now."""
        unfinished = self.folder / "running.json.new"
        unfinished.write_text(
            json.dumps({"pid": os.getpid(), "started": started_at(os.getpid()), **facts}, indent=1)
        )
        unfinished.replace(self.folder / "running.json")

    def release(self) -> None:
        remove(self.folder / "running.json")
        self._held.close()


def noted(folder: Path) -> dict[str, Any]:
    """What the running supervisor wrote down; empty when none runs, whatever an old note says."""
    try:
        note: dict[str, Any] = json.loads((folder / "running.json").read_text())
    except (OSError, ValueError):
        return {}
    begun = started_at(int(note.get("pid", 0)))
    return note if begun is not None and abs(begun - float(note.get("started", 0))) < 1 else {}
