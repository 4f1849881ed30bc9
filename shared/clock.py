"""What time it is, as a thing that a test can set."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

WIB = ZoneInfo("Asia/Jakarta")

Clock = Callable[[], datetime]


def now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(UTC)


def today(clock: Clock = now) -> date:
    """The present day in the office (WIB)."""
    return clock().astimezone(WIB).date()
