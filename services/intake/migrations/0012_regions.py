"""Agencies, assignments, the calendar and all that is said of a person know their region. What was there is
of the one region that there was.
"""

from alembic import op

revision = "intake_0012"
down_revision = "intake_0011"
FIRST = """coalesce((SELECT min(substring(stream FROM 8)) FROM event WHERE stream LIKE 'people-%'),
                   (SELECT min(region) FROM cycle), '3402')"""


def upgrade() -> None:
    for table in ("agency", "assignment", "calendar_change", "person_told", "office"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN region text")
        op.execute(f"UPDATE {table} SET region = {FIRST}")  # noqa: S608  no text of anybody
        op.execute(f"ALTER TABLE {table} ALTER COLUMN region SET NOT NULL")
    for table, key in (
        ("agency", "region, agency"),
        ("assignment", "region, agency, service, valid_from"),
        ("calendar_change", "region, number"),
        ("person", "region, person"),
    ):
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey")
        op.execute(f"ALTER TABLE {table} ADD PRIMARY KEY ({key})")
    op.execute("ALTER TABLE person ADD UNIQUE (person)")
