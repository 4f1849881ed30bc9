"""How a line is found, how far the log was compared with its sources and the store with its digests,
and what was found to differ.
"""

from collections.abc import Iterator

from alembic import context, op
from psycopg import Connection, sql

from services.archive.log.leaf import lookup_of
from services.archive.search_words import block, tsvector_of

revision = "archive_0004"
down_revision = "archive_0003"

TABLES = """
CREATE TABLE leaf_lookup (                          -- derived from the line: by what it is found, and where its source has it
    index    bigint PRIMARY KEY,
    source   text NOT NULL,
    position bigint NOT NULL,
    words    tsvector NOT NULL
);
CREATE TABLE leaf_count (                           -- kept beside the tree, so that no page counts a million lines
    source text PRIMARY KEY,
    many   bigint NOT NULL
);
CREATE TABLE comparison (                           -- how far each slow walk is; it goes on from here after a restart
    walk        text PRIMARY KEY,                   -- log, objects, or a source
    at          bigint NOT NULL DEFAULT 0,
    whole       bigint NOT NULL DEFAULT 0,
    peaks       bytea[] NOT NULL DEFAULT '{}',
    broken      boolean NOT NULL DEFAULT false,     -- the tree differs already: what follows would only say it again
    started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,                        -- of the last whole round
    rounds      bigint NOT NULL DEFAULT 0,
    trouble     text NOT NULL DEFAULT ''            -- why it cannot go on at this moment
);
CREATE TABLE difference (
    walk     text NOT NULL,
    kind     text NOT NULL,
    place    text NOT NULL,
    source   text NOT NULL DEFAULT '',
    stream   text NOT NULL DEFAULT '',
    version  bigint NOT NULL DEFAULT 0,
    index    bigint,
    cycle    text NOT NULL DEFAULT '',
    item     text NOT NULL DEFAULT '',
    detail   text NOT NULL DEFAULT '',
    found_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (walk, kind, place)
);
REVOKE UPDATE, DELETE ON leaf_lookup FROM :app_role;
"""  # noqa: E501

INDEXES = """
CREATE INDEX leaf_lookup_position ON leaf_lookup (source, position);
CREATE INDEX leaf_lookup_words ON leaf_lookup USING gin (words);
CREATE INDEX leaf_stream ON leaf (stream, index);
CREATE INDEX leaf_filed ON leaf (index) WHERE source = 'archive' AND type = 'item-filed';
CREATE INDEX difference_index ON difference (index);
"""

COUNT = "INSERT INTO leaf_count SELECT source, count(*) FROM leaf GROUP BY source"
INSERT = b"INSERT INTO leaf_lookup VALUES (%b, %b, %b, %b::tsvector)"
PAGE = 5_000


def upgrade() -> None:
    role = sql.Identifier(context.config.attributes["app_role"]).as_string()
    op.get_bind().exec_driver_sql(TABLES.replace(":app_role", role))
    connection = op.get_bind().connection.driver_connection
    if not isinstance(connection, Connection):
        raise TypeError("migrations run over psycopg")
    _fill(connection)
    op.get_bind().exec_driver_sql(COUNT)
    op.get_bind().exec_driver_sql(INDEXES)


def _fill(connection: Connection) -> None:
    """The lookup of every line that is logged already;
    a line that is no event any more has none, which the check says.
    """
    after = -1
    while True:
        page = connection.execute(
            b"SELECT index, line FROM leaf WHERE index > %b ORDER BY index LIMIT %b", (after, PAGE)
        ).fetchall()
        if not page:
            return
        with connection.cursor() as cursor:
            cursor.executemany(INSERT, list(_lookups(page)))
        after = int(page[-1][0])


def _lookups(page: list[tuple[int, bytes]]) -> Iterator[tuple[int, str, int, str]]:
    for index, line in page:
        if found := lookup_of(bytes(line)):
            yield int(index), found.source, found.position, tsvector_of({*found.words, block(int(index))})
