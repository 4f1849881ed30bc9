"""Secrets of local accounts."""

from pathlib import Path

from alembic import op

revision = "access_0005"
down_revision = "access_0004"


def upgrade() -> None:
    secrets = Path(__file__).parents[1] / "local" / "secrets.sql"
    op.get_bind().exec_driver_sql(secrets.read_text(encoding="utf-8"))
