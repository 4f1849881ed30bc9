"""What migrations install of the kernel, step by step: event store, cursors, parked messages;
later what tells events apart by content.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from alembic import context, op
from psycopg import sql

_SHARED = Path(__file__).parent.parent
STEPS: Final[Mapping[str, tuple[Path, ...]]] = {
    "start": (_SHARED / "eventsourcing" / "schema.sql", _SHARED / "messaging" / "schema.sql"),
    "identity": (_SHARED / "messaging" / "identity.sql",),
    "workers": (_SHARED / "messaging" / "workers.sql",),
    "kept": (_SHARED / "eventsourcing" / "kept.sql",),
    "past": (_SHARED / "eventsourcing" / "past" / "past.sql",),
    "versions": (_SHARED / "eventsourcing" / "past" / "versions.sql",),
    "commits": (_SHARED / "eventsourcing" / "past" / "commits.sql",),
}
"""Each step is installed by a migration of its own in every service and never changes afterwards."""


def script(app_role: str, steps: tuple[str, ...] = tuple(STEPS)) -> str:
    """The SQL that makes the kernel's tables and functions and grants
    the service's role what it needs of them.
    """
    role = sql.Identifier(app_role).as_string()
    parts = (part for step in steps for part in STEPS[step])
    return "\n".join(part.read_text(encoding="utf-8").replace(":app_role", role) for part in parts)


def install(step: str = "start") -> None:
    """Runs one step inside a migration."""
    text = script(context.config.attributes["app_role"], (step,))
    op.get_bind().exec_driver_sql(text.replace("%", "%%"))  # what it writes of a parameter


def keep_past(*tables: str) -> None:
    """Inside a migration: of these tables every version of every row is kept from now on; also after their
    columns changed.
    """
    for table in tables:
        op.execute(f"SELECT keep_past('{table}')")
