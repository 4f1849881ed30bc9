"""Differences: what a comparison found that is not as it was said, each with its place;
and how far each comparison is.

SOP step 13, and every step before it. Previous hop: `check/log_walk.py`, `check/source_walk.py`,
`check/object_walk.py`. Next hop: the pages, `/ready`, the log file, and the exit code of fsck. A row stays
until a later round of the same walk no longer finds it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

import structlog
from psycopg.rows import dict_row

from services.archive.domain.merkle import Edge
from services.archive.log.regions import Seen
from shared.contracts.replayed.statement import Differing
from shared.eventsourcing.combined import combined
from shared.eventsourcing.sql import Connection
from shared.web.words.i18n import later

log = structlog.get_logger()

MOST = 500
"""Of one walk; a log that is lost as a whole differs everywhere, and nobody reads more."""

KINDS: Mapping[str, str] = {
    "leaf-gone": later("baris log ini hilang"),
    "leaf-hash": later("isi baris bukan yang disidik"),
    "leaf-unreadable": later("baris ini bukan peristiwa"),
    "leaf-words": later("pencarian tidak menemukan baris ini menurut isinya"),
    "leaf-count": later("hitungan baris per layanan tidak benar"),
    "leaf-region": later("baris ini tercatat pada daerah lain"),
    "leaf-columns": later("kolom penunjuk tidak sama dengan isi baris"),
    "leaf-order": later("urutan versi atau penyebabnya tidak benar"),
    "tile": later("simpul pohon bukan dari baris-barisnya"),
    "tree": later("tepi pohon bukan dari baris-barisnya"),
    "checkpoint-root": later("isi log sampai sini bukan yang ditandatangani"),
    "checkpoint-note": later("titik periksa ini rusak atau bukan dari kunci arsip"),
    "checkpoint-ahead": later("log lebih pendek daripada yang pernah ditandatangani"),
    "content": later("isi di log berbeda dari isi di layanan asalnya"),
    "missing": later("peristiwa layanan ini tidak ada di log"),
    "extra": later("peristiwa di log ini tidak ada di layanan asalnya"),
    "object-damaged": later("isi berkas arsip rusak"),
    "object-missing": later("berkas arsip hilang"),
    "object-covered": later("versi lain ditumpuk di atas berkas arsip"),
    "object-lock": later("kunci berkas di penyimpanan lebih lemah daripada yang dicatat"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What differs, and where. `place` tells it apart from others of its kind;
    `detail` says exactly what, for whoever looks deeper.
    """

    walk: str
    kind: str
    place: str
    source: str = ""
    stream: str = ""
    version: int = 0
    index: int | None = None
    cycle: str = ""
    item: str = ""
    detail: str = ""

    @property
    def brief(self) -> str:
        """Kind and place, without any value of an event: for answers that anybody may read."""
        where = [f"leaf {self.index}"] if self.index is not None else []
        where += [f"{self.source} {self.stream} @{self.version}"] if self.stream else []
        where += [f"item {self.cycle}/{self.item}"] if self.item else []
        return f"{self.kind}: {', '.join(where) or self.place}"

    @property
    def told(self) -> Differing:
        """As a certificate names it."""
        place = (
            f"{self.cycle}/{self.item}" if self.item else f"#{self.index}" if self.index is not None else ""
        )
        return combined(Differing, self, place=place or self.place)

    def __str__(self) -> str:
        return f"{self.brief}: {self.detail}" if self.detail else self.brief


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """How far a walk is. `whole` is what it walks over, `trouble` why it cannot go on at this moment."""

    walk: str
    at: int = 0
    whole: int = 0
    peaks: tuple[bytes, ...] = ()
    broken: bool = False
    started_at: datetime | None = None
    finished_at: datetime | None = None
    rounds: int = 0
    trouble: str = ""

    @property
    def edge(self) -> Edge:
        return Edge(self.at, self.peaks)


_COLUMNS = tuple(field.name for field in fields(Difference))
_FOUND = (
    b"INSERT INTO difference (walk, kind, place, source, stream, version, index, cycle, item, detail, "
    b"found_at, seen_at) "
    b"SELECT %(walk)s, %(kind)s, %(place)s, %(source)s, %(stream)s, %(version)s, %(index)s, %(cycle)s, "
    b"%(item)s, %(detail)s, now(), now() "
    b"WHERE (SELECT count(*) FROM difference WHERE walk = %(walk)s) < %(most)s "
    b"OR EXISTS (SELECT FROM difference WHERE (walk, kind, place) = (%(walk)s, %(kind)s, %(place)s)) "
    b"ON CONFLICT (walk, kind, place) DO UPDATE SET seen_at = now(), detail = excluded.detail RETURNING "
    b"found_at = seen_at"
)
_BEGIN = b"INSERT INTO comparison (walk) VALUES (%b) ON CONFLICT DO NOTHING"
_STATE = b"SELECT walk, at, whole, peaks, broken, started_at, finished_at, rounds, trouble FROM comparison"
_MOVE = b"UPDATE comparison SET at = %b, whole = %b, peaks = %b, broken = %b, trouble = '' WHERE walk = %b"
_FINISH = (
    b"UPDATE comparison SET at = 0, peaks = '{}', broken = false, rounds = rounds + 1, "
    b"finished_at = clock_timestamp(), "
    b"started_at = clock_timestamp(), trouble = '' WHERE walk = %b"
)
_GONE = (
    b"DELETE FROM difference d USING comparison c WHERE d.walk = c.walk AND c.walk = %b AND d.seen_at < "
    b"c.started_at "
    b"RETURNING d.kind, d.place"
)
_TROUBLE = b"UPDATE comparison SET trouble = %b WHERE walk = %b"
_LISTED = (
    b"SELECT walk, kind, place, source, stream, version, index, cycle, item, detail, "
    b"found_at FROM difference "
)


_SEEN = (
    b"coalesce(CASE WHEN kind IN ('tile', 'tree', 'checkpoint-root', 'checkpoint-note', 'checkpoint-ahead', "
    b"'leaf-count') THEN '' WHEN cycle <> '' THEN left(cycle, 4) "
    b"ELSE (SELECT k.region FROM leaf_lookup k WHERE k.index = difference.index) END, "
    b"substring(stream FROM '^[a-z]+-([0-9]{4})(?:-|$)'), "
    b"CASE WHEN stream = '' AND kind = 'leaf-gone' THEN '' ELSE '0000' END) = ANY(%b::text[] || '{\"\"}')"
)
"""Of which region a difference is: that of its item, its line or its stream; the tree is everybody's, and
what names nothing the installation's.
"""


async def keep(conn: Connection, differences: Iterable[Difference]) -> None:
    """Keeps what differs; what is news is a line in the log file."""
    for difference in differences:
        cursor = await conn.execute(_FOUND, {**asdict(difference), "most": MOST})
        kept = await cursor.fetchone()
        if kept and kept[0]:
            log.critical("difference", what=str(difference), walk=difference.walk)


async def progress_of(conn: Connection, walk: str) -> Walked:
    """How far a walk is; it begins here if it never did."""
    await conn.execute(_BEGIN, (walk,))
    return next(one for one in await progress(conn) if one.walk == walk)


async def progress(conn: Connection) -> list[Walked]:
    """How far every walk is."""
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_STATE + b" ORDER BY walk")
        return [
            Walked(**{**row, "peaks": tuple(map(bytes, row["peaks"]))}) for row in await cursor.fetchall()
        ]


async def keep_progress(conn: Connection, walked: Walked) -> None:
    """The walk got this far."""
    await conn.execute(_MOVE, (walked.at, walked.whole, list(walked.peaks), walked.broken, walked.walk))


async def finish_round(conn: Connection, walk: str) -> None:
    """The walk came to its end: what it did not find again is in order, and the next round begins."""
    cursor = await conn.execute(_GONE, (walk,))
    for kind, place in await cursor.fetchall():
        log.warning("difference-gone", walk=walk, kind=kind, place=place)
    await conn.execute(_FINISH, (walk,))


async def keep_trouble(conn: Connection, walk: str, trouble: str) -> None:
    """The walk cannot go on at this moment; empty when it can."""
    await conn.execute(_TROUBLE, (trouble, walk))


async def listed(conn: Connection, seen: Seen | None = None, *, limit: int = MOST) -> list[dict[str, Any]]:
    """What differs of the lines and items that somebody may see, the oldest first; None: everything."""
    if seen is None:
        return await _rows(conn, b"ORDER BY found_at, walk, kind, place LIMIT %b", (limit,))
    where = b"WHERE " + _SEEN + b" ORDER BY found_at, walk, kind, place LIMIT %b"
    return await _rows(conn, where, (list(seen.regions), limit))


async def of_leaf(conn: Connection, seen: Seen, index: int) -> list[dict[str, Any]]:
    """What differs at one line of the log, if somebody may see it."""
    where = b"WHERE index = %b AND " + _SEEN + b" ORDER BY found_at"
    return await _rows(conn, where, (index, list(seen.regions)))


async def of_cycle(conn: Connection, cycle: str) -> list[dict[str, Any]]:
    """What differs at the items of a cycle."""
    return await _rows(conn, b"WHERE cycle = %b ORDER BY found_at", (cycle,))


async def of_place(conn: Connection, place: str) -> list[dict[str, Any]]:
    """What differs at exactly this place."""
    return await _rows(conn, b"WHERE place = %b ORDER BY found_at", (place,))


async def _rows(conn: Connection, where: bytes, values: Sequence[object]) -> list[dict[str, Any]]:
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_LISTED + where, values)
        return await cursor.fetchall()


def from_row(row: Mapping[str, Any]) -> Difference:
    """A kept row as the difference it was."""
    return Difference(**{name: row[name] for name in _COLUMNS})
