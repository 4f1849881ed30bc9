"""The words by which the fields of the search find a line, and what it changed: of every line that is logged
already.
"""

from collections.abc import Iterator

from alembic import op
from psycopg import Connection

from services.archive.log.leaf import lookup_of
from services.archive.search_words import tsvector_of

revision = "archive_0015"
down_revision = "archive_0014"

TOLD = "CREATE TEMPORARY TABLE told (index bigint, words text) ON COMMIT DROP"
LINES = """
    DROP INDEX leaf_lookup_words;
    UPDATE leaf_lookup SET words = leaf_lookup.words || told.words::tsvector
        FROM told WHERE told.index = leaf_lookup.index;
    CREATE INDEX leaf_lookup_words ON leaf_lookup USING gin (words)"""
PAGE = 5_000
EXACT = tuple("aodms")


def upgrade() -> None:
    connection = op.get_bind().connection.driver_connection
    if not isinstance(connection, Connection):
        raise TypeError("migrations run over psycopg")
    op.get_bind().exec_driver_sql(TOLD)
    after = -1
    while page := connection.execute(
        b"SELECT index, line FROM leaf WHERE index > %b ORDER BY index LIMIT %b", (after, PAGE)
    ).fetchall():
        with connection.cursor().copy(b"COPY told FROM STDIN") as copy:
            for row in _told(page):
                copy.write_row(row)
        after = int(page[-1][0])
    for step in LINES.split(";"):
        op.get_bind().exec_driver_sql(step)


def _told(page: list[tuple[int, bytes]]) -> Iterator[tuple[int, str]]:
    """The words that are new here, of each line that says an event."""
    for index, line in page:
        if found := lookup_of(bytes(line)):
            yield index, tsvector_of(word for word in found.words if word[1:2] == ":" and word[0] in EXACT)
