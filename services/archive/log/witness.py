"""The copy of checkpoints outside the database: under lock in the archive store,
so that a database that was put back is noticed.

SOP step 13, and every step before it. Previous hop: `log/checkpoints.py`, which signs. Next hop: the archive
bucket, and `log/checkpoints.py` again, which signs nothing that does not begin with what lies here.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from services.archive.domain.checkpoint import Checkpoint, NotGenuine, VerifierKey, open_note
from shared.clock import now
from shared.objects.port import Bucket, Corrupt, Lock, NotThere, ObjectTrouble

log = structlog.get_logger()

UNDER = "checkpoint"
EVERY = timedelta(hours=1)
AGAIN = timedelta(minutes=1)
KEPT = timedelta(days=730)
ASK_WITHIN_S = 10.0


class Witness:
    """What was signed, as the store remembers it; `newest` is the largest that was seen.
    A store that is away proves nothing and stops nothing.
    """

    def __init__(self, archive: Bucket, key: VerifierKey, *, clock: Callable[[], datetime] = now) -> None:
        self._archive, self._key, self._clock = archive, key, clock
        self.newest: Checkpoint | None = None
        self._asked, self._kept_at = False, datetime.min.replace(tzinfo=UTC)

    async def ask(self) -> Checkpoint | None:
        """The largest checkpoint of this log that the store holds; asked once,
        when the store first answers.
        """
        if not self._asked:
            try:
                async with asyncio.timeout(ASK_WITHIN_S):
                    self._saw(await self._largest())
                self._asked = True
            except (ObjectTrouble, TimeoutError) as away:
                log.info("witness-waits", reason=f"{type(away).__name__}: {away}")
        return self.newest

    async def keep(self, size: int, note: str, *, at_once: bool = False) -> None:
        """Puts a copy into the store, at most once an hour;
        what the store refuses is said and tried again.
        """
        moment = self._clock()
        if not at_once and moment - self._kept_at < EVERY:
            return
        lock = Lock("governance", moment + KEPT)
        try:
            async with asyncio.timeout(ASK_WITHIN_S):
                await self._archive.put(
                    note.encode(), media_type="text/plain", lock=lock, under=f"{self._place}/{size:015}"
                )
        except (ObjectTrouble, TimeoutError) as away:
            self._kept_at = moment - EVERY + AGAIN
            log.warning("witness-not-kept", size=size, reason=f"{type(away).__name__}: {away}")
            return
        self._kept_at = moment
        self._saw(open_note(note, self._key))

    @property
    def _place(self) -> str:
        return f"{UNDER}/{self._key.name.replace('/', '-')}"

    async def _largest(self) -> Checkpoint | None:
        """The last one in the order of sizes that is genuine: what somebody else puts there is no witness."""
        for one in sorted(
            await self._archive.listing(self._place), key=lambda listed: listed.key, reverse=True
        ):
            if one.marker:
                continue
            try:
                return open_note((await self._archive.get(one.key, one.version)).decode(), self._key)
            except (NotGenuine, Corrupt, NotThere, UnicodeDecodeError) as reason:
                log.warning("witness-not-genuine", key=one.key, reason=str(reason))
        return None

    def _saw(self, checkpoint: Checkpoint | None) -> None:
        if checkpoint and (self.newest is None or checkpoint.size > self.newest.size):
            self.newest = checkpoint
