"""Port of the object store: files kept by their SHA-256, as versions that a lock can hold.

Serves SOP steps 4, 5, 7, 9–13. Previous hop: routes that take evidence, documents that render,
archive that files. Next hop: `s3.py`.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol

Mode = Literal["governance", "compliance"]
BY_CONTENT = "sha256"
LONGEST = timedelta(days=3653)
"""Nobody can undo a final lock: however it was asked for,
none holds longer than this from the store's own now.
"""


class ObjectTrouble(Exception):
    """Whatever the object store did not do."""


class Denied(ObjectTrouble):
    """The store refused: a lock holds, a rule forbids, or the credentials do not suffice.
    `code` differs between servers; show it, never decide by it.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code


class NotThere(ObjectTrouble):
    """No such bucket, key or version."""


class Corrupt(ObjectTrouble):
    """The bytes are not those of the digest that names them,
    or the store cannot read them any more while it reads others.
    """


class StoreAway(ObjectTrouble):
    """The store does not answer, or answers that it cannot work now; the same call may succeed later."""


class LockTooLong(ObjectTrouble):
    """A lock beyond the longest that this installation allows was asked for; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Lock:
    """Protection of one version: the mode and the moment (with time zone) until which it holds."""

    mode: Mode
    until: datetime

    def covers(self, other: "Lock") -> bool:
        """Whether this lock protects at least as strongly and as long as `other`."""
        return self.until >= other.until and (self.mode == "compliance" or other.mode == "governance")

    def joined(self, other: "Lock | None") -> "Lock":
        """The weakest lock that covers both."""
        if other is None:
            return self
        return Lock(
            "compliance" if "compliance" in {self.mode, other.mode} else "governance",
            max(self.until, other.until),
        )

    def at_most(self, until: datetime) -> "Lock":
        """The same lock, ending at this moment at the latest."""
        return self if self.until <= until else Lock(self.mode, until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One version of an object as the store itself reports it.
    `version` is empty in a bucket without versions, `lock` None where nothing protects it.
    """

    key: str
    version: str
    size: int
    media_type: str
    lock: Lock | None = None
    held: bool = False

    @property
    def digest(self) -> str:
        """SHA-256 in hex, which is the last part of the key."""
        return self.key.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Listed:
    """A version in a listing; `marker` is a delete marker and has no bytes."""

    key: str
    version: str
    size: int
    latest: bool
    marker: bool


def key_of(digest: str, under: str = BY_CONTENT) -> str:
    """The key of the content with this SHA-256 (hex)."""
    return f"{under}/{digest}"


class Bucket(Protocol):
    """One bucket. Every method may raise StoreAway; those that name an object NotThere;
    those that change something Denied.
    """

    @property
    def name(self) -> str: ...

    async def now(self) -> datetime:
        """What time it is for the store, or for this process where that is earlier:
        a clock that ran ahead makes no lock longer.
        """
        ...

    async def latest(self) -> datetime:
        """The moment until which a lock that is set now may hold."""
        ...

    async def put(
        self,
        content: bytes | Path,
        *,
        media_type: str,
        digest: str | None = None,
        lock: Lock | None = None,
        under: str = BY_CONTENT,
    ) -> Stored:
        """Keep `content` under its SHA-256, read it back and compare;
        the same content again is no second version, only its lock grows if it must.

        With `digest` the content must have it, else Corrupt. With `lock` a store without locks raises Denied;
        the answer tells the lock that the store reports, which the caller compares with the one asked for.
        Raises LockTooLong.
        """
        ...

    async def get(self, key: str, version: str | None = None) -> bytes:
        """The whole content, compared with its digest (Corrupt)."""
        ...

    async def stream(self, key: str, version: str | None = None) -> AsyncIterator[bytes]:
        """Opens the object (NotThere comes here) and answers its pieces;
        a wrong digest raises Corrupt after the last piece.
        """
        ...

    async def stat(self, key: str, version: str | None = None) -> Stored: ...

    async def extend(self, key: str, version: str, lock: Lock) -> Stored:
        """Set the lock of a version, longer or stronger; anything less is for the store to refuse.
        Answers what the store reports afterwards.

        Raises LockTooLong. A governance lock beyond the longest one (from before there
        was a longest) becomes a final one of the longest.
        """
        ...

    async def hold(self, key: str, version: str) -> None:
        """Legal hold: nobody deletes this version, whatever its lock, until `release`."""
        ...

    async def release(self, key: str, version: str) -> None: ...

    async def remove(self, key: str, version: str | None = None, *, bypass: bool = False) -> None:
        """Delete a version (without `version`: put a delete marker).
        `bypass` asks to override a governance lock.
        """
        ...

    async def listing(self, under: str) -> Sequence[Listed]:
        """All versions and delete markers below a prefix."""
        ...

    async def versioned(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Objects:
    """The buckets a service works with: `work` for files in the making (versioned),
    `archive` for what is filed (under lock).
    """

    work: Bucket
    archive: Bucket
