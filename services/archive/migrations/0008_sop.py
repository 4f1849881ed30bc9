"""Each cycle with the SOP that it was opened under: until now there was only one."""

from alembic import op

revision = "archive_0008"
down_revision = "archive_0007"


def upgrade() -> None:
    op.execute("ALTER TABLE cycle ADD COLUMN sop text NOT NULL DEFAULT '04/SOP/2022'")
    op.execute("ALTER TABLE cycle ALTER COLUMN sop DROP DEFAULT")
