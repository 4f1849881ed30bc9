"""What a kabupaten has after many years, made out of what it has after one cycle, by the owner inside the
database: tens of thousands of cases in intake's read models, a million lines in the audit log with the tree
over them. What pages read is as it would be; no service is told of it, so none takes it in.
"""

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import ClientCursor, Connection

from services.archive.domain.merkle import Edge, grow
from services.archive.search_words import BLOCK_BITS

CASES, YEARS, LINES = 62_000, 15, 1_000_000
SERVICES_COUNTED = 3  # of each further case: enough for the list to count
A_CYCLE = "3402-2001"  # one of those that they are in
_PAGE = 50_000

_MORE = """
    CREATE TEMP TABLE more AS SELECT found.*, further.number AS further FROM {table} AS found
        CROSS JOIN generate_series(1, %(times)s) AS further(number) WHERE {which};
    UPDATE more SET {column} = replace({column}, %(cycle)s || '-', '3402-' || (2000 + further %% %(years)s) || '-' || further){cycle};
    ALTER TABLE more DROP COLUMN further;
    INSERT INTO {table} SELECT * FROM more;
    DROP TABLE more"""  # noqa: E501
_CYCLE = ", cycle = '3402-' || (2000 + further %% %(years)s)"
_FEW = "service IN (SELECT service FROM figure GROUP BY service ORDER BY service LIMIT %(few)s)"

_PREPARE_LOG = """
    ALTER TABLE leaf SET UNLOGGED; ALTER TABLE leaf_lookup SET UNLOGGED;
    CREATE TEMP TABLE pattern AS SELECT leaf.*, position, region, ts_delete(words, ARRAY['b:0'] || coalesce(states, '{}')) AS words, states
        FROM leaf JOIN leaf_lookup USING (index) CROSS JOIN LATERAL (
            SELECT array_agg(word) FILTER (WHERE word LIKE 's:%%') AS states FROM unnest(tsvector_to_array(words)) AS w(word)
        ) AS of;
    UPDATE pattern SET states = '{}' WHERE states IS NULL;
    ANALYZE pattern;
    DROP INDEX leaf_lookup_words, leaf_lookup_region, leaf_lookup_position;
    DROP INDEX leaf_stream, leaf_case, leaf_filed;
    ALTER TABLE leaf DROP CONSTRAINT leaf_source_stream_version_key"""  # noqa: E501
_LINES = """
    CREATE TEMP TABLE more AS SELECT pattern.index + number * %(size)s AS index, source, stream || '-' || number AS stream,
        version, case_id, type, agency, person, recorded_at, line, hash, position + number * 1000000 AS position, words, states, number, region
        FROM generate_series(1, %(lines)s / %(size)s) AS further(number) CROSS JOIN pattern
        WHERE pattern.index + number * %(size)s < %(lines)s;
    INSERT INTO leaf SELECT index, source, stream, version, case_id, type, agency, person, recorded_at, line, hash
        FROM more ORDER BY index;
    INSERT INTO leaf_lookup SELECT index, source, position, words || quote_literal('b:' || (index >> %(bits)s))::tsvector
        || (index * 7919 %% 1000003)::text::tsvector
        || array_to_tsvector(ARRAY(SELECT state || '-' || number FROM unnest(states) AS w(state))), region FROM more ORDER BY index;
    DROP TABLE more;
    INSERT INTO leaf_count SELECT source, count(*) FROM leaf GROUP BY source
        ON CONFLICT (source) DO UPDATE SET many = excluded.many"""  # noqa: E501
_FINISH_LOG = """
    SET maintenance_work_mem = '512MB';
    CREATE INDEX leaf_lookup_position ON leaf_lookup (source, position);
    CREATE INDEX leaf_lookup_words ON leaf_lookup USING gin (words);
    CREATE INDEX leaf_lookup_region ON leaf_lookup (region, index);
    CREATE INDEX leaf_stream ON leaf (stream, index);
    CREATE INDEX leaf_case ON leaf (case_id, index);
    CREATE INDEX leaf_filed ON leaf (index) WHERE source = 'archive' AND type = 'item-filed';
    ALTER TABLE leaf ADD UNIQUE (source, stream, version)"""


def cases(owner: str, cycle: str) -> None:
    """As many cases as there would be after many years, in cycles that are long closed."""
    with _connect(owner) as conn:
        known = _number(conn, "SELECT count(*) FROM submission")
        given = {"cycle": cycle, "times": CASES // known - 1, "years": YEARS, "few": SERVICES_COUNTED}
        for table, column, which, moved in (
            ("submission", "submission", "true", _CYCLE),
            ("figure", "submission", _FEW, ""),
            ("happening", "stream", "what IN ('submission-received', 'submission-opened')", _CYCLE),
        ):
            _do(conn, _MORE.format(table=table, column=column, which=which, cycle=moved), given)
        _do(conn, "VACUUM ANALYZE submission, figure, happening", {})


def lines(owner: str) -> None:
    """The lines of the log again and again, each under another stream and with a number of its own among its
    words, until there are a million; and the tree over all of them.
    """
    with _connect(owner) as conn, conn.transaction():
        size = _number(conn, "SELECT size FROM tree FOR UPDATE")
        _do(conn, _PREPARE_LOG, {})
        _do(conn, _LINES, {"size": size, "lines": LINES, "bits": BLOCK_BITS})
        _grow(conn, size)
        _do(conn, _FINISH_LOG, {})
    with _connect(owner) as conn:
        _do(conn, "VACUUM ANALYZE leaf, leaf_lookup", {})


def _grow(conn: Connection[Any], size: int) -> None:
    """The right edge and the tiles, as appending would have left them."""
    found = conn.execute(b"SELECT peaks FROM tree").fetchone()
    edge = Edge(size, tuple(map(bytes, found[0] if found else ())))
    with conn.cursor() as cursor:
        for start in range(size, LINES, _PAGE):
            cursor.execute(
                b"SELECT hash FROM leaf WHERE index >= %s AND index < %s ORDER BY index",
                (start, start + _PAGE),
            )
            edge, tiles = grow(edge, (bytes(row[0]) for row in cursor.fetchall()))
            cursor.executemany(
                b"INSERT INTO tile VALUES (%s, %s, %s)",
                [(tile.level, tile.index, hashed) for tile, hashed in tiles.items()],
            )
    conn.execute(b"UPDATE tree SET size = %s, peaks = %s", (edge.size, list(edge.peaks)))


def _connect(owner: str) -> "Connection[Any]":
    return psycopg.connect(owner, autocommit=True, options="-c statement_timeout=0")


def _do(conn: Connection[Any], statements: str, given: Mapping[str, Any]) -> None:
    """Several statements at once, which only a cursor that fills parameters in by itself can."""
    ClientCursor(conn).execute(statements.encode(), given)


def _number(conn: Connection[Any], question: str) -> int:
    found = conn.execute(question.encode()).fetchone()
    return int(found[0]) if found else 0
