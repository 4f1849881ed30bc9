"""Writes the changes that projections ask for: one by one beside an append,
or folded in memory for a rebuild.

An event's way, hop 3. Previous hop: `commands/command_handler.py`, after the decision,
in the same transaction. Next hop: pages and routes, which read what stands here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from psycopg import sql
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import JSONB

from shared.eventsourcing.read_models.changes import Change, Delete, Patch, Put, Values
from shared.eventsourcing.sql import Connection, Statement

Columns = tuple[str, ...]
Key = tuple[Any, ...]

_TOGETHER = 12  # more changes than this are rare, and each number of them is a statement of its own to plan


@cache
def _json_columns(table: Table) -> frozenset[str]:
    return frozenset(column.name for column in table.columns if isinstance(column.type, JSONB))


def _parameters(table: Table, values: Iterable[tuple[str, Any]]) -> list[Any]:
    as_json = _json_columns(table)
    return [
        msgspec.json.encode(value).decode() if name in as_json and value is not None else value
        for name, value in values
    ]


def _names(columns: Columns) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _pairs(columns: Columns, joint: str) -> sql.Composed:
    return sql.SQL(joint).join(sql.SQL("{} = %s").format(sql.Identifier(column)) for column in columns)


@cache
def put_statement(table: str, key: Columns, values: Columns) -> bytes:
    """INSERT … ON CONFLICT of a row known by `key`; parameters: key values, then values."""
    excluded = sql.SQL(", ").join(
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(column)) for column in values
    )
    return (
        sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT ({}) DO ")
        .format(
            sql.Identifier(table),
            _names(key + values),
            sql.SQL(", ").join([sql.Placeholder()] * len(key + values)),
            _names(key),
        )
        .as_bytes()
    ) + ((sql.SQL("UPDATE SET ") + excluded).as_bytes() if values else b"NOTHING")


@cache
def _patch_statement(table: str, key: Columns, values: Columns) -> bytes:
    return (
        sql.SQL("UPDATE {} SET {} WHERE {}")
        .format(sql.Identifier(table), _pairs(values, ", "), _pairs(key, " AND "))
        .as_bytes()
    )


@cache
def _delete_statement(table: str, key: Columns) -> bytes:
    return sql.SQL("DELETE FROM {} WHERE {}").format(sql.Identifier(table), _pairs(key, " AND ")).as_bytes()


def _statement(change: Change) -> Statement:
    table, key = change.table, tuple(change.key)
    match change:
        case Put(values=values):
            return put_statement(table.name, key, tuple(values)), _parameters(
                table, [*change.key.items(), *values.items()]
            )
        case Patch(values=values):
            return _patch_statement(table.name, key, tuple(values)), _parameters(
                table, [*values.items(), *change.key.items()]
            )
        case Delete():
            return _delete_statement(table.name, key), _parameters(table, change.key.items())


async def write(conn: Connection, changes: Iterable[Change]) -> None:
    """Writes changes in order, inside the caller's transaction."""
    for change in changes:
        await conn.execute(*_statement(change))


def together(changes: Sequence[Change]) -> list[Statement] | None:
    """The changes as statements that may be executed as one;
    None where a row is meant twice, or where they are too many for that.
    """
    rows = {(change.table.name, *change.key.values()) for change in changes}
    return None if len(rows) < len(changes) or len(changes) > _TOGETHER else list(map(_statement, changes))


class Fold:
    """Read models as they stand after many changes, held in memory: what a rebuild writes once at its end.

    `touched`: the keys of what was folded since `note_touched`, by table.
    """

    def __init__(self) -> None:
        self.rows: defaultdict[Table, dict[Key, dict[str, Any]]] = defaultdict(dict)
        self.touched: defaultdict[Table, dict[Key, Values]] = defaultdict(dict)
        self._notes = False

    def note_touched(self) -> None:
        """From now on notes what is folded."""
        self._notes = True

    def add(self, changes: Iterable[Change]) -> None:
        """Folds changes in, in order."""
        for change in changes:
            rows, key = self.rows[change.table], tuple(change.key.values())
            if isinstance(change, Delete):
                rows.pop(key, None)
            elif (row := rows.get(key)) is not None:
                row.update(change.values)
            elif isinstance(change, Put):
                rows[key] = {**change.key, **change.values}
            if self._notes:
                self.touched[change.table][key] = change.key

    async def flush(self, conn: Connection) -> int:
        """Writes every row into its (empty) table; answers how many."""
        return sum([await copy_rows(conn, table, rows.values()) for table, rows in self.rows.items()])

    async def flush_touched(self, conn: Connection) -> int:
        """Writes the rows that were touched and are still there, into tables from which they were taken out;
        answers how many.
        """
        return sum(
            [
                await copy_rows(
                    conn, table, [row for key in keys if (row := self.rows[table].get(key)) is not None]
                )
                for table, keys in self.touched.items()
            ]
        )


async def copy_rows(conn: Connection, table: Table, rows: Iterable[Mapping[str, Any]], into: str = "") -> int:
    """Copies rows into the table, or into another one like it; answers how many."""
    shapes: dict[Columns, list[list[Any]]] = {}
    for row in rows:
        shapes.setdefault(tuple(row), []).append(_parameters(table, row.items()))
    for columns, lines in shapes.items():
        copy = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(into or table.name), _names(columns))
        async with conn.cursor().copy(copy) as stream:
            for line in lines:
                await stream.write_row(line)
    return sum(map(len, shapes.values()))
