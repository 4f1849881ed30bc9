"""The past made a second time: every version of every read-model row, from the events and the commits that
brought them, compared with what the database kept (`shared/eventsourcing/past`).

Role: the part of a rebuild that says whether pages of the past show what the events say
(docs/decisions/0052-as-it-was.md). Used by `rebuild` alone, in its snapshot.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Any, Final, NamedTuple

from psycopg import sql
from sqlalchemy import MetaData, Table

from shared.eventsourcing.read_models.changes import Change
from shared.eventsourcing.read_models.projector import Fold, copy_rows
from shared.eventsourcing.read_models.replay import Told
from shared.eventsourcing.read_models.shadow import TableVerdict
from shared.eventsourcing.sql import Connection

OPEN: Final = 2**63 - 1
SUSPECTS: Final = 1_000
"""So many rows of a table are looked at one by one; whoever changed more is told of these."""
NAMED: Final = 10
_OWN = b"SELECT position, commit_position FROM event WHERE commit_position IS NOT NULL"
_TAKEN = b"SELECT c.source, c.stream, t.version, t.position FROM taken t JOIN cursor c ON c.id = t.cursor"
_TICKED = b"SELECT EXISTS (SELECT FROM tick WHERE position >= %s AND position < %s)"
_MENDED = b"SELECT EXISTS (SELECT FROM was.mended WHERE name = %s AND key = %s::jsonb AND position = %s)"
_MADE = """CREATE TEMP TABLE {made} (LIKE {live} INCLUDING DEFAULTS,
    from_position bigint NOT NULL, to_position bigint NOT NULL)"""
_DIFFERING = """SELECT DISTINCT jsonb_build_array({keys})::text FROM
    (SELECT {keys}, greatest(from_position, %s) AS begun, to_position, to_jsonb(t) - 'from_position' AS row
    FROM {kept} t WHERE to_position > greatest(from_position, %s)) a
    FULL JOIN (SELECT {keys}, greatest(from_position, %s) AS begun, to_position,
    to_jsonb(t) - 'from_position' AS row FROM {made} t WHERE to_position > %s) b USING ({keys}, begun)
    WHERE a.row IS DISTINCT FROM b.row ORDER BY 1 LIMIT %s"""
_OF_KEY = """SELECT from_position, to_position, to_jsonb(t) - 'from_position' - 'to_position' FROM {side} t
    WHERE to_position > from_position AND jsonb_build_array({keys}) = %s::jsonb"""

Row = Mapping[str, Any]
Key = tuple[Any, ...]


class Version(NamedTuple):
    """What a row said from one position to another."""

    begun: int
    ended: int
    row: Row


@dataclass(frozen=True, slots=True)
class Span:
    """Positions at which the kept row is not the one that the events say; None: no such row. `next`: what
    the events say at its end; `mended`: from where on it is right again.
    """

    begun: int
    ended: int
    kept: Row | None
    next: Row | None
    mended: int


async def compare(
    conn: Connection, source: str, metadata: MetaData, told: Sequence[Told] | None
) -> list[TableVerdict]:
    """A verdict for each table of which versions are kept; its keys end with the position of the version that
    differs. What was so before the versions were kept as now, and what a repair put right, is no difference.
    Nothing where nobody remembered what was told.
    """
    if told is None:
        return []
    since = dict(await (await conn.execute(b"SELECT name, position FROM was.since")).fetchall())
    made = remade(await _by_commit(conn, source, told))
    return [
        await _compared(conn, table, made.get(table, {}), since[table.name])
        for table in metadata.sorted_tables
        if table.name in since
    ]


async def _by_commit(
    conn: Connection, source: str, told: Sequence[Told]
) -> Iterator[tuple[int, tuple[Change, ...]]]:
    """What was changed, in the order of the commits; of one commit first what came from others."""
    own = dict(await (await conn.execute(_OWN)).fetchall())
    taken = {tuple(row[:3]): row[3] for row in await (await conn.execute(_TAKEN)).fetchall()}

    def place(one: Told) -> tuple[int, bool, int]:
        if one.source == source:
            return own.get(one.position, one.position), True, one.position
        return taken.get((one.source, one.stream, one.version), 0), False, one.position

    return ((place(one)[0], one.changes) for one in sorted(told, key=place))


def remade(
    changed: Iterable[tuple[int, tuple[Change, ...]]],
) -> Mapping[Table, Mapping[Key, list[Version]]]:
    """Every version of every row, from changes in the order of their commits; of one commit the last."""
    fold, made = Fold(), defaultdict[Table, defaultdict[Key, list[Version]]](lambda: defaultdict(list))
    for commit, together in groupby(changed, key=lambda one: one[0]):
        met = dict[tuple[Table, Key], None]()
        for _, changes in together:
            met |= {(change.table, tuple(change.key.values())): None for change in changes}
            fold.add(changes)
        for table, key in met:
            versions, now = made[table][key], fold.rows[table].get(key)
            if versions and versions[-1].ended == OPEN:
                if versions[-1].row == now:
                    continue
                versions[-1] = versions[-1]._replace(ended=commit)
            if now is not None:
                versions.append(Version(commit, OPEN, dict(now)))
    return made


async def _compared(
    conn: Connection, table: Table, made: Mapping[Key, Sequence[Version]], since: int
) -> TableVerdict:
    name = str(table.name)
    names = {
        "live": sql.Identifier("public", name),
        "kept": sql.Identifier("was", name),
        "made": sql.Identifier("pg_temp", f"{name} then"),
        "keys": sql.SQL(", ").join(sql.Identifier(column.name) for column in table.primary_key),
    }

    async def ask(statement: str, *values: object, **more: sql.Composable) -> list[tuple[Any, ...]]:
        asked = await conn.execute(sql.SQL(statement).format(**names, **more), values)
        return await asked.fetchall() if asked.description else []

    await ask(_MADE)
    try:
        many = await copy_rows(conn, table, _as_rows(made), f"{name} then")
        await ask("ANALYZE {made}")
        ((kept,),) = await ask("SELECT count(*) FROM {kept} WHERE to_position > from_position")
        differing = []
        for (key,) in await ask(_DIFFERING, since, since, since, since, SUSPECTS):
            then, right = [
                [Version(*row) for row in await ask(_OF_KEY, key, side=names[side])]
                for side in ("kept", "made")
            ]
            wrong = [span for span in spans(then, right) if span.begun > since]
            differing += [
                f"{key[:-1]}, {span.begun}]" for span in wrong if not await _excused(conn, name, key, span)
            ]
    finally:
        await ask("DROP TABLE {made}")
    return TableVerdict(f"was.{name}", kept, many, tuple(differing[:NAMED]))


async def _excused(conn: Connection, name: str, key: str, span: Span) -> bool:
    """Whether a repair ended it, or a later commit overtook one that was under way: then the row said
    sooner what the events say at its end, and no moment lies between.
    """
    ((mended,),) = await (await conn.execute(_MENDED, (name, key, span.mended))).fetchall()
    if mended or span.kept != span.next:
        return bool(mended)
    ((ticked,),) = await (await conn.execute(_TICKED, (span.begun, span.ended))).fetchall()
    return not ticked


def spans(kept: Sequence[Version], right: Sequence[Version]) -> list[Span]:
    """Where what was kept of a row is not what the events say of it, in order."""
    places = sorted({at for one in (*kept, *right) for at in one[:2]})
    found = [
        Span(begun, ended, _at(kept, begun), _at(right, ended), ended)
        for begun, ended in pairwise(places)
        if _at(kept, begun) != _at(right, begun)
    ]
    for at in range(len(found) - 2, -1, -1):  # what follows without a gap ends where the last of it ends
        right_again = found[at + 1].mended
        if found[at].ended == found[at + 1].begun:
            found[at] = replace(found[at], mended=right_again)
    return found


def _at(versions: Sequence[Version], position: int) -> Row | None:
    return next((one.row for one in versions if one.begun <= position < one.ended), None)


def _as_rows(made: Mapping[Key, Sequence[Version]]) -> Iterator[Row]:
    for versions in made.values():
        for one in versions:
            yield {**one.row, "from_position": one.begun, "to_position": one.ended}
