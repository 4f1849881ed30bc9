"""Sessions say how their person came in, and can be listed and ended one by one, all of a person, or all of a
login at an identity provider. What a provider ended begins no session afterwards, and no message of it counts
twice.
"""

from pathlib import Path

from alembic import op

revision = "access_0004"
down_revision = "access_0003"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((Path(__file__).parents[1] / "doors.sql").read_text(encoding="utf-8"))
