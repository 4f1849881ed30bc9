"""The latest official correction of a cycle, as the frame names it on every page of that cycle.

SOP steps 8 to 13 once more. Previous hop: `queries.py` of the service, which says in which of its rows the
decision stands. Next hop: `correction` in the rows of cycles, and `shared/web/frame/rendering.py`.
"""

from typing import Any

from sqlalchemy import ColumnElement, Label, Select, func


def told(number: Any, reason: Any, by: Any, decided_on: Any) -> ColumnElement[Any]:
    """Its number, why, by whom and when, as one value."""
    return func.jsonb_build_object("correction", number, "reason", reason, "by", by, "decided_on", decided_on)


def latest(found: Select[Any]) -> Label[Any]:
    """The column `correction` of a cycle, from rows that are asked for with the cycle outside; NULL where it
    was never corrected.
    """
    return found.limit(1).scalar_subquery().label("correction")
