"""What every service's first migration installs: event store, cursors, parked messages."""

from pathlib import Path

from alembic import context, op
from psycopg import sql

_SHARED = Path(__file__).parent.parent
_SCRIPTS = (_SHARED / "eventsourcing" / "schema.sql", _SHARED / "messaging" / "schema.sql")


def install() -> None:
    """Creates the kernel's tables and functions, and grants the service's role what it needs of them."""
    role = sql.Identifier(context.config.attributes["app_role"]).as_string()
    for script in _SCRIPTS:
        op.get_bind().exec_driver_sql(script.read_text(encoding="utf-8").replace(":app_role", role))
