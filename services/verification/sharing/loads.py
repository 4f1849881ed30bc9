"""How much each verifier has to do: what waits and since when, and what was given ahead.

SOP step 8. Used by `sharing/pages.py` and `sharing/api.py`, with the rows of `sharing/queries.py`. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.verification.queries import Row


@dataclass(frozen=True, slots=True)
class Load:
    """`assignee`: empty for what nobody looks after. `waiting`: handed in and not decided, the first of them
    on the day `oldest`; `ahead`: not handed in yet, or back with its agency.
    """

    assignee: str
    waiting: int
    oldest: date | None
    ahead: int


def loads(rows: Sequence[Row], team: Iterable[str]) -> Sequence[Load]:
    """Of everybody in `team`, in its order, and last what nobody looks after."""
    return [_load([row for row in rows if (row["assignee"] or "") == who], who) for who in (*team, "")]


def _load(rows: Sequence[Row], who: str) -> Load:
    waiting = [row["handed_in_on"] for row in rows if row["status"] == "waiting"]
    return Load(who, len(waiting), min(waiting, default=None), len(rows) - len(waiting))
