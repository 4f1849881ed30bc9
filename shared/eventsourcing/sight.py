"""Sight: the regions that whoever asks may see, and how every question to a read model keeps to them.

A route says who may ask; `shared.web.declared` opens the sight of whoever does. From then on, in that
request, every table that `fetch` reads is the part of it that belongs to those regions: a common table
expression of the table's own name stands before the question, so that no query can forget it. Outside of a
request (a worker, a rebuild) everything is seen.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from re import findall

from sqlalchemy import ClauseElement, Column, MetaData, Select, Table
from sqlalchemy.sql import visitors
from sqlalchemy.sql.selectable import CompoundSelect

WHOLE = "whole"
"""What `Table(info={"region": WHOLE})` says of a table that belongs to no region."""
LOG = "log"
"""What `info={"past": LOG}` says of a table whose rows never change: its own questions ask for no more than
there was."""
ANY = "(%(in_sight)s::text[])[1]"
"""What the key of a row says that everybody sees who may ask at all."""
_NAMES_STREAM = ("stream", "submission")
_OF_STREAM = """ AND CASE WHEN {0} ~ '^(agency-[a-z][a-z0-9_]*|settings-calendar)$' THEN %s
    WHEN {0} ~ '^(account|login)-' THEN %s
    ELSE coalesce(substring({0} FROM '^[a-z]+-([0-9]{{4}})(?:-|$)'), %s) END LIKE ANY (%s)"""


class TableOfNoRegion(Exception):
    """A table that says neither which region a row is of nor that it is of none."""


@dataclass(frozen=True, slots=True)
class Sight:
    """`patterns` (LIKE) of the codes of regions; `first`: the first region of the installation; `everything`:
    whether there is no other region, so that what is of persons and of no region is seen too.
    """

    patterns: list[str]
    first: str
    everything: bool


_IN_SIGHT: ContextVar[Sight | None] = ContextVar("in_sight", default=None)


def in_sight() -> list[str] | None:
    """The patterns (LIKE) of the regions that are seen here; None for all."""
    sight = _IN_SIGHT.get()
    return None if sight is None else sight.patterns


def see(places: Iterable[str], *, first: str, everything: bool) -> None:
    """From now on, in this request, only regions whose codes begin so are seen."""
    _IN_SIGHT.set(Sight(sorted(f"{place}%" for place in places), first, everything))


def streams_in_sight(column: str = "stream") -> tuple[bytes, tuple[object, ...]]:
    """The end of a WHERE clause that keeps to streams of the regions in sight, and its values; nothing where
    all are. What names no region is seen, but for accounts and logins of persons.
    """
    sight = _IN_SIGHT.get()
    if sight is None:
        return b"", ()
    anything = next(iter(sight.patterns), "-")
    personal = anything if sight.everything else "-"
    return _OF_STREAM.format(column).encode(), (sight.first, personal, anything, sight.patterns)


def sees_everything() -> bool:
    """Whether no region is kept from whoever asks: for what is of the installation as a whole."""
    sight = _IN_SIGHT.get()
    return sight is None or sight.everything


@contextmanager
def whole() -> Iterator[None]:
    """Meanwhile everything is seen, and afterwards what was before: a request as a whole, whatever is opened
    in it; what must be looked for in all regions and is not shown.
    """
    before = _IN_SIGHT.set(None)
    try:
        yield
    finally:
        _IN_SIGHT.reset(before)


def bound(statement: ClauseElement, text: str, *, seen: bool, past: bool) -> str:
    """The text of a question, asked of what is in sight (`seen`; `%(in_sight)s` stands for the patterns), and
    of what stood there at a moment (`past`; `%(looks_at)s` stands for the position).
    """
    if not isinstance(statement, Select | CompoundSelect):
        return text
    metadata = next((table.metadata for table in _tables(statement)), None)
    if metadata is None:
        return text
    named = set(findall(r"\w+", text))
    parts = [
        f'"{name}" AS NOT MATERIALIZED ({_part(metadata.tables[name], key if seen else "", past=past)})'
        for name, key in _keys(metadata)
        if name in named and ((seen and key) or (past and metadata.tables[name].info.get("past") != LOG))
    ]
    if not parts:
        return text
    before = "WITH " + ", ".join(parts)
    return f"{before}, {text.removeprefix('WITH ')}" if text.startswith("WITH ") else f"{before} {text}"


def region_key(table: Table) -> str:
    """SQL for the region of a row: what the table says itself, else by the name of its cycle or stream; empty
    for a table that belongs to no region. Raises TableOfNoRegion.
    """
    said = table.info.get("region")
    if said is not None:
        return "" if said == WHOLE else str(said)
    columns = table.columns.keys()
    if "region" in columns:
        return f'"{table.name}".region'
    if "cycle" in columns:
        return f'left("{table.name}".cycle, 4)'
    for name in _NAMES_STREAM:
        if name in columns:
            return f"split_part(\"{table.name}\".{name}, '-', 2)"
    raise TableOfNoRegion(table.name)


def _part(table: Table, key: str, *, past: bool) -> str:
    """The part of a table that a question may read, under the table's own name."""
    name = f'"{table.name}"'
    held = [f"({key}) LIKE ANY (%(in_sight)s)"] if key else []
    stands = name
    if past and table.info.get("past") != LOG:
        stands = f"was.{name} AS {name}"
        held += [f"{name}.from_position <= %(looks_at)s", f"{name}.to_position > %(looks_at)s"]
    columns = ", ".join(f'{name}."{column.name}"' for column in table.columns)
    return f"SELECT {columns} FROM {stands} WHERE {' AND '.join(held)}"  # noqa: S608  names of tables and columns of ours


@cache
def _keys(metadata: MetaData) -> tuple[tuple[str, str], ...]:
    return tuple((table.name, region_key(table)) for table in metadata.tables.values())


def _tables(statement: ClauseElement) -> Iterator[Table]:
    for one in visitors.iterate(statement):
        of = one.table if isinstance(one, Column) else one
        if isinstance(of, Table):
            yield of
