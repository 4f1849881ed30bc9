"""The paper originals of a cycle, each by its name: a correction leaves the place of the older one."""

from alembic import op

revision = "archive_0012"
down_revision = "archive_0011"


def upgrade() -> None:
    op.execute(
        """CREATE TABLE hard_copy (
            cycle text NOT NULL, item text NOT NULL, location text NOT NULL, copies integer NOT NULL,
            by text NOT NULL, occurred_on date NOT NULL, PRIMARY KEY (cycle, item))"""
    )
    op.execute(
        """INSERT INTO hard_copy
            SELECT DISTINCT ON (data ->> 'cycle', data ->> 'item') data ->> 'cycle', data ->> 'item',
                data ->> 'location', (data ->> 'copies')::integer, data ->> 'by',
                (data ->> 'occurred_on')::date
            FROM event WHERE type = 'hard-copy-filed'
            ORDER BY data ->> 'cycle', data ->> 'item', position DESC"""
    )
