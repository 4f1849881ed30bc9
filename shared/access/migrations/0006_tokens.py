"""API tokens: the digests of their secrets, their pace and their last use."""

from pathlib import Path

from alembic import op

revision = "access_0006"
down_revision = "access_0005"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((Path(__file__).parents[1] / "tokens.sql").read_text(encoding="utf-8"))
