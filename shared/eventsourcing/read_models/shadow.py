"""Read models made a second time, in temporary tables beside the live ones:
what a rebuild compares, and what it mends from.

Role: the tables of a rebuild. Used by `rebuild` alone. A temporary table has the name of its live one, so
that what writes the one writes the other; `public.x` is live, `pg_temp.x` is made from the events,
`pg_temp."x differing"` holds the keys of rows that are not the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql
from sqlalchemy import MetaData, Table

from shared.eventsourcing.read_models.projector import Fold
from shared.eventsourcing.sql import Connection


@dataclass(frozen=True, slots=True)
class TableVerdict:
    """One read model: rows now, rows rebuilt, and the keys of rows that differ (at most ten;
    empty: identical).
    """

    table: str
    live: int
    rebuilt: int
    differing: tuple[str, ...]


class Shadow:
    """The tables of one rebuild, on one connection. Use `write`, `compare`,
    then `refresh` and `mend` where something differs; `drop` at the end.
    """

    def __init__(self, conn: Connection, metadata: MetaData, fold: Fold) -> None:
        self._conn, self._tables, self._fold = conn, metadata.sorted_tables, fold

    async def write(self) -> None:
        """Writes the folded rows into fresh tables; what is folded afterwards is noted for `refresh`."""
        for table in self._tables:
            await self._run("CREATE TEMP TABLE {table} (LIKE {live} INCLUDING ALL)", table)
        await self._fold.flush(self._conn)
        for table in self._tables:
            await self._run("ANALYZE {made}", table)
        self._fold.note_touched()

    async def compare(self) -> tuple[TableVerdict, ...]:
        """Counts both, and joins them by their key: what stands on one side only, or is not the same on both,
        differs.
        """
        return tuple([await self._compare(table) for table in self._tables])

    async def _compare(self, table: Table) -> TableVerdict:
        await self._run(
            "CREATE TEMP TABLE {differing} AS SELECT {keys} FROM (SELECT {keys}, "
            "to_jsonb(t) AS row FROM {live} t) a "
            "FULL JOIN (SELECT {keys}, to_jsonb(t) AS row FROM {made} t) b USING ({keys}) WHERE a.row IS "
            "DISTINCT FROM b.row",
            table,
        )
        named = [
            str(key)
            for (key,) in await self._run(
                "SELECT jsonb_build_array({keys})::text FROM {differing} ORDER BY 1 LIMIT 10", table
            )
        ]
        ((live, rebuilt),) = await self._run(
            "SELECT (SELECT count(*) FROM {live}), (SELECT count(*) FROM {made})", table
        )
        return TableVerdict(str(table.name), live, rebuilt, tuple(named))

    async def refresh(self) -> None:
        """Brings the rows that were folded since `write` into the tables;
        they count as differing, so that `mend` looks after them too.
        """
        for table, keys in self._fold.touched.items():
            many = list(keys.values())
            names = list(many[0])
            at = sql.SQL(" AND ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in names)
            columns = sql.SQL(", ").join(map(sql.Identifier, names))
            places = sql.SQL(", ").join([sql.Placeholder()] * len(names))
            values = [tuple(key.values()) for key in many]
            async with self._conn.cursor() as cursor:
                await cursor.executemany(
                    sql.SQL("DELETE FROM {} WHERE {}").format(_names(table)["made"], at), values
                )
                insert = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                    _names(table)["differing"], columns, places
                )
                await cursor.executemany(insert, values)
        await self._fold.flush_touched(self._conn)

    async def mend(self) -> None:
        """Puts what was made in the place of what differs, and leaves every other row alone; what pages
        showed until then stays as it was shown, and is noted as put right.
        """
        for table in self._tables:
            await self._run(
                "INSERT INTO was.mended SELECT {name}, jsonb_build_array({keys}), commit_position() FROM "
                "{differing} ON CONFLICT DO NOTHING",
                table,
            )
            await self._run("DELETE FROM {live} t USING {differing} d WHERE {same}", table)
            await self._run(
                "INSERT INTO {live} ({columns}) SELECT {columns} FROM {made} t WHERE EXISTS (SELECT FROM "
                "{differing} d WHERE {same})",
                table,
            )

    async def drop(self) -> None:
        """Removes the temporary tables from the connection."""
        for table in self._tables:
            await self._run("DROP TABLE IF EXISTS {made}, {differing}", table)

    async def _run(self, statement: str, table: Table) -> Sequence[tuple[Any, ...]]:
        cursor = await self._conn.execute(sql.SQL(statement).format(**_names(table)))
        return await cursor.fetchall() if cursor.description else []


def _names(table: Table) -> dict[str, sql.Composable]:
    keys = [sql.Identifier(str(column.name)) for column in table.primary_key]
    return {
        "table": sql.Identifier(table.name),
        "name": sql.Literal(table.name),
        "live": sql.Identifier("public", table.name),
        "made": sql.Identifier("pg_temp", table.name),
        "differing": sql.Identifier("pg_temp", f"{table.name} differing"),
        "keys": sql.SQL(", ").join(keys),
        "columns": sql.SQL(", ").join(sql.Identifier(str(column.name)) for column in table.columns),
        "same": sql.SQL(" AND ").join(sql.SQL("t.{0} = d.{0}").format(key) for key in keys),
    }
