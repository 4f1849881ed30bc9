"""Sessions at the server."""

from pathlib import Path

from alembic import op

revision = "access_0001"
down_revision = None


def upgrade() -> None:
    op.get_bind().exec_driver_sql((Path(__file__).parents[1] / "schema.sql").read_text(encoding="utf-8"))
