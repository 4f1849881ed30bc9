"""Scans of signed forms, each with the digest of exactly what was signed."""

from alembic import op

revision = "intake_0005"
down_revision = "intake_0004"


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
