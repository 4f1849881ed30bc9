"""Providers that are asked again about who is signed in, and how many are."""

from pathlib import Path

from alembic import op

revision = "access_0007"
down_revision = "access_0006"


def upgrade() -> None:
    asked_again = Path(__file__).parents[1] / "asked_again.sql"
    op.get_bind().exec_driver_sql(asked_again.read_text(encoding="utf-8"))
