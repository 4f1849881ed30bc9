"""The lines of the log between two moments: those of a cycle, and those of the people and settings of its
region; and how what they changed stood before.

Every SOP step. Previous hop: `pages.py`. Next hop: the tables of the log, by the words of its index.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import ARRAY, BigInteger, Text, any_, literal, select

from services.archive.between.differing import STANDING, STREAMS, Found, subject
from services.archive.log.queries import AS_READ, Row, edge, in_sight, leaf, readable
from services.archive.log.regions import Seen
from services.archive.search_words import of_region, quoted
from services.archive.states import SETS
from services.archive.tables import cycle
from services.archive.trail.queries import BEFORE
from shared.eventsourcing.past.moment import Moment, look_back, present
from shared.eventsourcing.sql import Connection, fetch, fetch_one

MOST = 4_000
"""So many lines between two moments are gone through; of a cycle of 50 agencies there are some thousands in a
year.
"""
_BETWEEN = b"""
    SELECT index FROM leaf_lookup
    WHERE words @@ %(words)s::tsquery AND index >= %(first)s AND index < %(last)s
    ORDER BY index + 0 LIMIT %(most)s"""
OF_REGION = ("people", "agency", "settings", "rules")
_OF_REGION = (
    "person-registered", "person-changed", "person-left", "office-given", "office-ended", "agency-registered",
    "service-assigned", "calendar-changed", "threshold-set", "population-recorded",
)  # fmt: skip
_KINDS = sorted({kind for _, kind in SETS} | STANDING)


async def known(conn: Connection, of: str) -> bool:
    """Whether there is this cycle, in sight."""
    return await fetch_one(conn, select(cycle.c.cycle).where(cycle.c.cycle == of)) is not None


async def size_at(conn: Connection, moment: Moment) -> int:
    """How many lines the log had at a moment."""
    with present():
        look_back(moment)
        return (await edge(conn)).size


async def lines_between(conn: Connection, seen: Seen, of: str, first: int, last: int) -> list[Row]:
    """The lines of a cycle, and of the people and settings of its region, that set something or say how
    something stands, in sight, the oldest first; MOST + 1 where there are more than can be gone through.
    """
    of_cycle, of_its_region = quoted(f"v:{of}"), quoted(of_region(of[:4]))
    asked = f"({_any_of(_KINDS)}) & {of_cycle} | ({_any_of(_OF_REGION)}) & {of_its_region}"
    values = {"words": asked, "first": first, "last": last, "most": MOST + 1}
    found = [int(row[0]) for row in await (await conn.execute(_BETWEEN, values)).fetchall()]
    rows = await _read(conn, seen, found)
    return [row for row in rows if _is_of(row, of)]


def _any_of(kinds: Iterable[str]) -> str:
    return " | ".join(quoted(f"k:{kind}") for kind in kinds)


def _is_of(row: Row, of: str) -> bool:
    kind, _, rest = row["stream"].partition("-")
    return kind in OF_REGION or (kind in STREAMS and f"{rest}-".startswith(f"{of}-"))


async def _read(conn: Connection, seen: Seen, indexes: Iterable[int]) -> list[Row]:
    wanted = literal(sorted(set(indexes)), ARRAY(BigInteger))
    statement = select(*AS_READ).where(in_sight(seen), leaf.c.index == any_(wanted)).order_by(leaf.c.index)
    return [readable(row) for row in await fetch(conn, statement)]


async def set_before(conn: Connection, seen: Seen, found: Found, first: int) -> Mapping[str, Row]:
    """By the word of each state that was set, the line that had set it when the first moment was."""
    words = sorted(found.last)
    cursor = await conn.execute(BEFORE, ([first] * len(words), words))
    places = {str(word): int(index) for _, word, index in await cursor.fetchall()}
    lines = {row["index"]: row for row in await _read(conn, seen, places.values())}
    return {word: lines[index] for word, index in places.items() if index in lines}


async def stood_before(conn: Connection, seen: Seen, found: Found, first: int) -> Mapping[str, Row]:
    """By subject the line that said, when the first moment was, how it stood."""
    streams: Sequence[str] = sorted({name for one in found.stands for name in _streams_of(one)})
    statement = (
        select(*AS_READ)
        .where(in_sight(seen), leaf.c.stream == any_(literal(streams, ARRAY(Text))))
        .where(leaf.c.type == any_(literal(sorted(STANDING), ARRAY(Text))), leaf.c.index < first)
        .order_by(leaf.c.index.desc())
        .limit(MOST)
    )
    rows = [readable(row) for row in reversed(await fetch(conn, statement))]
    return {subject(row): row for row in rows}


def _streams_of(one: str) -> Iterable[str]:
    stream = one.partition("/")[0]
    return (stream, stream.replace("submission-", "verification-", 1))
