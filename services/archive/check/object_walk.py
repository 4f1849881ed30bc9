"""The walk over the archive store: every object that the log says was filed, and every certificate, is read
and compared with its digest, and its lock with what was recorded.

SOP step 13. Previous hop: `check/comparing.py`, object by object; `check/fsck.py`, all at once.
Next hop: `check/differences.py`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.archive import queries
from services.archive.check.differences import Difference
from shared.eventsourcing.sql import Connection
from shared.objects.port import Bucket, Corrupt, Lock, NotThere, Stored

WALK = "objects"
_NEXT = (
    b"SELECT index, line FROM leaf WHERE source = 'archive' AND type IN ('item-filed', 'certificate-issued') "
    b"AND index >= %b ORDER BY index LIMIT 1"
)
_WHOLE = (
    b"SELECT coalesce(max(index) + 1, 0) FROM leaf WHERE source = 'archive' "
    b"AND type IN ('item-filed', 'certificate-issued')"
)


@dataclass(frozen=True, slots=True)
class Filed:
    """A filing as the log has it; `item` is what the shelf says of it now,
    None for one that a newer file took the place of.
    """

    index: int
    data: Mapping[str, Any]
    item: Mapping[str, Any] | None


def place_of(item: Mapping[str, Any]) -> str:
    """How differences name the object of an item or of a filing."""
    return f"{item['cycle']}/{item['item']}@{item['object_version'] or item['object_key']}"


async def end(conn: Connection) -> int:
    """The end of the walk: behind the last filing in the log."""
    row = await (await conn.execute(_WHOLE)).fetchone()
    return int(row[0]) if row else 0


async def following(conn: Connection, at: int) -> Filed | None:
    """The first filing at or behind `at`; None behind the last."""
    row = await (await conn.execute(_NEXT, (at,))).fetchone()
    if row is None:
        return None
    try:
        data = json.loads(bytes(row[1]))["data"]
        if "certificate" in data:
            return _certificate(int(row[0]), data)
        item = await queries.one_item(conn, data["cycle"], data["item"])
        same = item and (item["object_key"], item["object_version"]) == (
            data["object_key"],
            data["object_version"],
        )
        return Filed(int(row[0]), data, item if same else None)
    except (ValueError, KeyError, TypeError):  # the walk over the log says so
        return Filed(int(row[0]), {}, None)


def _certificate(index: int, data: Mapping[str, Any]) -> Filed:
    """A certificate is of no cycle, and stays as it was issued."""
    until = data["retain_until"] and datetime.fromisoformat(data["retain_until"])
    lock = {"mode": data["mode"], "retain_until": until}
    return Filed(index, {**data, "cycle": "", "item": ""}, lock)


async def compare(archive: Bucket, filed: Filed) -> tuple[int, list[Difference]]:
    """Reads one object; answers how many bytes it has, and what differs.
    StoreAway passes through: then nothing is known.
    """
    if not filed.data:
        return 0, []
    key, version, size = filed.data["object_key"], filed.data["object_version"], 0
    try:
        async for piece in await archive.stream(key, version):
            size += len(piece)
        stored = await archive.stat(key, version)
    except NotThere as trouble:
        return size, [_of("object-missing", filed, str(trouble))]
    except Corrupt as trouble:
        return size, [_of("object-damaged", filed, str(trouble))]
    if key.rpartition("/")[2] != filed.data["file"]["digest"]:
        return size, [
            _of("object-damaged", filed, f"{key} is not the object of {filed.data['file']['digest']}")
        ]
    covered = await _covered(archive, key, stored)
    return size, [*([_of("object-covered", filed, covered)] if covered else []), *_lock(filed, stored)]


async def _covered(archive: Bucket, key: str, stored: Stored) -> str:
    """What lies on top of the version that was filed, under its name and with other bytes; empty for nothing.
    The same bytes once more are what the name says.
    """
    try:
        newest = await archive.stat(key)
        if newest.version != stored.version:
            async for _ in await archive.stream(key):
                pass
    except NotThere:
        return f"the newest version of {key} is a deletion"
    except Corrupt as trouble:
        return f"a newer version of {key} lies on top: {trouble}"
    return ""


def _lock(filed: Filed, stored: Stored) -> list[Difference]:
    said = filed.item
    if said is None or said["mode"] not in {"governance", "compliance"} or said["retain_until"] is None:
        return []
    if stored.lock is not None and stored.lock.covers(Lock(said["mode"], said["retain_until"])):
        return []
    has = f"{stored.lock.mode} until {stored.lock.until.isoformat()}" if stored.lock else "no lock"
    return [
        _of(
            "object-lock",
            filed,
            f"recorded {said['mode']} until {said['retain_until'].isoformat()}, the store has {has}",
        )
    ]


def _of(kind: str, filed: Filed, detail: str) -> Difference:
    cycle, item = filed.data["cycle"], filed.data["item"]
    return Difference(
        walk=WALK,
        kind=kind,
        place=place_of(filed.data),
        index=filed.index,
        cycle=cycle,
        item=item,
        detail=detail,
    )
