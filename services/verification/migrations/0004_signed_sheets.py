"""Scans of signed forms, each with the digest of exactly what was signed."""

from alembic import op

revision = "verification_0004"
down_revision = "verification_0003"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE signed_sheet (
            submission text NOT NULL,
            sheet      text NOT NULL,
            digest     text NOT NULL,
            revision   integer NOT NULL,
            file       jsonb NOT NULL,
            by         text NOT NULL,
            at         timestamptz NOT NULL,
            PRIMARY KEY (submission, sheet, digest)
        )""")
