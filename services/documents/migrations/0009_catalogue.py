"""Each cycle with the catalogue that it was opened under: until now there was only version 1."""

from alembic import op

revision = "documents_0009"
down_revision = "documents_0008"


def upgrade() -> None:
    op.execute("ALTER TABLE cycle ADD COLUMN catalogue integer NOT NULL DEFAULT 1")
    op.execute("ALTER TABLE cycle ALTER COLUMN catalogue DROP DEFAULT")
