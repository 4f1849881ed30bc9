"""The people file while it is being kept: read again when it changes,
so that who is struck from it loses access without a restart.

A file that cannot be read, or has nobody in it, changes nothing: the people of before stay, and what is wrong
with the new one is among the process's troubles. One that is being written is waited for until it stands
still: half of it would strike everybody in the other half.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog

from shared.access.people import People, PeopleFileInvalid, load
from shared.sentences import later
from shared.troubles import Troubles

LOOK_S = STILL_S = 0.5
"""Between two looks, and how long a file must have been left alone to count as written.
Both together keep a struck person less than two seconds.
"""
TROUBLE, UNREADABLE = (
    "people-file",
    later("Berkas pegawai yang baru tidak dapat dipakai; yang lama tetap berlaku."),
)
_Stamp = tuple[int, int, int]

log = structlog.get_logger()


class PeopleFile:
    """The people of a file, looked at again twice a second.
    Raises PeopleFileInvalid when it cannot be read at the start.
    """

    def __init__(self, path: Path, troubles: Troubles) -> None:
        self._path, self._troubles = path, troubles
        self._stamp = self._seen = _stamp_of(path)
        self._people = load(path)
        self._looked_at = time.monotonic()

    def now(self) -> People:
        """Who may sign in now."""
        if time.monotonic() - self._looked_at >= LOOK_S:
            self._look()
        return self._people

    async def check(self) -> Mapping[str, Any]:
        """For health, which looks also while nobody comes: a file that cannot be read keeps nobody from
        working, and is told as a trouble.
        """
        self.now()
        return {"ok": True, "people": len(self._people.persons)}

    def _look(self) -> None:
        self._looked_at = time.monotonic()
        stamp = _stamp_of(self._path)
        still, self._seen = stamp == self._seen or _left_alone(stamp), stamp
        if stamp == self._stamp or not still:
            return
        self._stamp = stamp  # taken before reading: what changes meanwhile is read at the next look
        try:
            self._people = _with_somebody(load(self._path), self._path)
        except PeopleFileInvalid as error:
            self._troubles.report(TROUBLE, UNREADABLE, str(error))
        else:
            self._troubles.clear(TROUBLE)
            log.info("people-file-read", people=len(self._people.persons))


def _left_alone(stamp: _Stamp | None) -> bool:
    """Whether the last change is over; where the clock of the file's machine says otherwise,
    the next look finds it unchanged.
    """
    return stamp is not None and time.time() - stamp[1] / 1e9 >= STILL_S


def _with_somebody(people: People, path: Path) -> People:
    """Emptied by mistake, or by an editor that died, a file would lock everybody out,
    whoever could mend it too.
    """
    if not people.persons:
        raise PeopleFileInvalid(f"Berkas pegawai {path} tidak memuat seorang pun.")
    return people


def _stamp_of(path: Path) -> _Stamp | None:
    """Which file this is and when it was changed; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
