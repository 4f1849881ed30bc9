"""SQLAlchemy builds the statement, psycopg executes it:
one way for tables and queries, without a second connection layer.

See docs/decisions/0004-sqlalchemy-builds-psycopg-executes.md for why
there is no SQLAlchemy engine at run time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
from psycopg import AsyncConnection
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.rows import dict_row
from psycopg.types.json import set_json_dumps, set_json_loads
from sqlalchemy import ClauseElement, Dialect
from sqlalchemy.dialects.postgresql.psycopg import dialect as psycopg_dialect
from sqlalchemy.sql.compiler import SQLCompiler

from shared.eventsourcing.past.moment import looks_at
from shared.eventsourcing.pool import Limits, Pool
from shared.eventsourcing.sight import bound, in_sight

Connection = AsyncConnection[Any]
Statement = tuple[bytes, Sequence[Any]]
"""SQL, and what stands for its placeholders."""

_DIALECT: Dialect = psycopg_dialect()  # type: ignore[no-untyped-call]


class _JsonDumper(Dumper):
    """Python dicts go to jsonb columns as they are."""

    oid = 3802  # jsonb

    def dump(self, obj: object) -> Buffer | None:
        return msgspec.json.encode(obj)


def _configure(conn: Connection) -> None:
    conn.adapters.register_dumper(dict, _JsonDumper)
    set_json_dumps(msgspec.json.encode, conn)
    set_json_loads(msgspec.json.decode, conn)
    conn.prepare_threshold = 2


def numbers(values: Iterable[int]) -> str:
    """Numbers as PostgreSQL writes an array: for thousands of them, where psycopg asks each what it is."""
    return f"{{{','.join(map(str, values))}}}"


def digests(values: Iterable[bytes | None]) -> str:
    """Bytes as PostgreSQL writes an array, as `numbers`."""
    said = ("NULL" if value is None else f'"\\\\x{value.hex()}"' for value in values)
    return f"{{{','.join(said)}}}"


def open_pool(url: str, *, size: int = 8, wait_s: float = 1.5, limits: Limits = Limits()) -> Pool:  # noqa: B008  frozen
    """A pool of autocommit connections (open it with `await pool.open()`);
    a transaction is always said explicitly.

    `wait_s`: how long somebody waits for a connection;
    `limits`: what a statement and a transaction may take on it.
    """
    return Pool(url, size=size, wait_s=wait_s, limits=limits, configure=_configure)


class _Shape:
    """A statement but for its values: two that differ in nothing else are equal, and compiled once."""

    __slots__ = ("_key", "statement", "values")

    def __init__(self, statement: ClauseElement) -> None:
        found = statement._generate_cache_key()  # noqa: SLF001  as SQLAlchemy's own engine does, ADR 4
        self.statement, self.values = statement, found
        self._key: object = id(statement) if found is None else found.key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Shape) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A shape as SQL: asked of everything or of what is in sight, of the present or of a moment."""

    compiler: SQLCompiler
    texts: Mapping[tuple[bool, bool], bytes]


@lru_cache(maxsize=512)
def _compiled(shape: _Shape) -> _Compiled:
    compiler = _DIALECT.statement_compiler(_DIALECT, shape.statement, cache_key=shape.values)
    if not isinstance(compiler, SQLCompiler):
        raise TypeError(f"not a query: {shape.statement!r}")
    text = compiler.string
    asked = {
        (seen, past): bound(shape.statement, text, seen=seen, past=past).encode()
        for seen in (False, True)
        for past in (False, True)
    }
    return _Compiled(compiler, asked)


def _prepared(statement: ClauseElement, values: Mapping[str, Any]) -> tuple[bytes, Mapping[str, Any]]:
    shape = _Shape(statement)
    compiled, seen, moment = _compiled(shape), in_sight(), looks_at()
    own = None if shape.values is None else shape.values.bindparams
    parameters = compiled.compiler.construct_params(dict(values), extracted_parameters=own)
    told: dict[str, Any] = {} if seen is None else {"in_sight": seen}
    if moment is not None:
        told["looks_at"] = moment.position
    return compiled.texts[seen is not None, moment is not None], {**parameters, **told}


async def fetch(conn: Connection, statement: ClauseElement, **values: Any) -> list[dict[str, Any]]:
    """The rows of a SELECT (or RETURNING) as dicts; for a person those of the regions in sight (`sight`)."""
    text, parameters = _prepared(statement, values)
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(text, parameters)
        return await cursor.fetchall()


async def fetch_one(conn: Connection, statement: ClauseElement, **values: Any) -> dict[str, Any] | None:
    """The first row as a dict, None if there is none."""
    text, parameters = _prepared(statement, values)
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(text, parameters)
        return await cursor.fetchone()


async def run(conn: Connection, statement: ClauseElement, **values: Any) -> int:
    """Executes a statement without rows; answers how many rows it changed."""
    text, parameters = _prepared(statement, values)
    cursor = await conn.execute(text, parameters)
    return cursor.rowcount


__all__ = ["Connection", "Limits", "Pool", "fetch", "fetch_one", "open_pool", "run"]
