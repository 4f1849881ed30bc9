"""The days that a region overrides are kept by region. Those that were there are of the one region that there
was.
"""

from alembic import op

revision = "verification_0009"
down_revision = "verification_0008"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE calendar_override ADD COLUMN region text;
        UPDATE calendar_override SET region = coalesce(
            (SELECT min(left(cycle, 4)) FROM cycle),
            (SELECT min(substring(stream FROM 8)) FROM cursor WHERE stream LIKE 'people-%'), '3402');
        ALTER TABLE calendar_override ALTER COLUMN region SET NOT NULL;
        ALTER TABLE calendar_override DROP CONSTRAINT calendar_override_pkey;
        ALTER TABLE calendar_override ADD PRIMARY KEY (region, day)""")
