"""Who the people are, as one process knows them: what intake publishes in the database `access`, looked up
again before a request when the last look is half a second ago.

What cannot be looked up or read changes nothing: the people of before stay, and what is wrong is among the
process's troubles. Before anything was published nobody can be told from nobody, which is AccessAway.
"""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from shared.access.people import People, PeopleFileInvalid, parse
from shared.access.session import AccessAway, Sessions
from shared.sentences import later
from shared.troubles import Troubles

LOOK_S = 0.5
"""Between two looks. With the time that intake takes to publish it keeps an ended office below two
seconds.
"""
AWAY = "people-away", later("Daftar pegawai tidak dapat ditanyakan; yang terakhir diketahui tetap berlaku.")
UNREADABLE = (
    "people-unreadable",
    later("Daftar pegawai yang baru tidak dapat dipakai; yang lama tetap berlaku."),
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Region:
    version: int
    people: People


class Roster:
    """The people of all regions of an installation."""

    def __init__(self, troubles: Troubles) -> None:
        self._troubles, self._lock = troubles, asyncio.Lock()
        self._regions: dict[str, _Region] = {}
        self._seen: dict[str, int] = {}
        self._people: People | None = None
        self._next = float("-inf")

    def now(self) -> People:
        """The people of the last look. Raises AccessAway where there was none that found any."""
        if self._people is None:
            raise AccessAway("people unknown")
        return self._people

    async def look(self, sessions: Sessions) -> None:
        """Looks, unless that was just done; nobody is kept waiting by somebody else's look."""
        if time.monotonic() < self._next or (self._people is not None and self._lock.locked()):
            return
        async with self._lock:
            if time.monotonic() >= self._next:
                await self._look(sessions)
                self._next = time.monotonic() + LOOK_S

    async def check(self, sessions: Sessions) -> Mapping[str, Any]:
        """For health, which looks also while nobody comes."""
        await self.look(sessions)
        known = self._people
        return {"ok": known is not None, "people": len(known.persons) if known else 0}

    async def _look(self, sessions: Sessions) -> None:
        values = {"known": json.dumps(self._seen)}
        try:
            row = await sessions.ask(b"SELECT look_up_people(%(known)s::jsonb)", values)
        except AccessAway as away:
            self._troubles.report(*AWAY, str(away))
            return
        self._troubles.clear(AWAY[0])
        for found in row[0] if row else ():
            if found["document"] is not None:
                self._take(found["region"], found["version"], found["document"])

    def _take(self, region: str, version: int, document: Mapping[str, Any]) -> None:
        known = self._regions.get(region)
        self._seen[region] = version
        if known is not None and version < known.version:
            self._troubles.report(*UNREADABLE, f"{region}: version {version} after {known.version}")
            return
        try:
            people = parse(document, region)
        except PeopleFileInvalid as error:
            self._troubles.report(*UNREADABLE, str(error))
            return
        self._troubles.clear(UNREADABLE[0])
        self._regions[region] = _Region(version, people)
        self._people = People.together({name: one.people for name, one in self._regions.items()})
        log.info("people-read", region=region, version=version, people=len(self._people.persons))
