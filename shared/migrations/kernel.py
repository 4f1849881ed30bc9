"""What every service's first migration installs: event store, cursors, parked messages."""

from pathlib import Path

from alembic import context, op
from psycopg import sql

_SHARED = Path(__file__).parent.parent
_SCRIPTS = (_SHARED / "eventsourcing" / "schema.sql", _SHARED / "messaging" / "schema.sql")


def script(app_role: str) -> str:
    """The SQL that makes the kernel's tables and functions and grants the service's role what it needs of them."""
    role = sql.Identifier(app_role).as_string()
    return "\n".join(part.read_text(encoding="utf-8").replace(":app_role", role) for part in _SCRIPTS)


def install() -> None:
    """Runs `script` inside a migration."""
    op.get_bind().exec_driver_sql(script(context.config.attributes["app_role"]))
