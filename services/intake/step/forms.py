"""What a person typed into the form of a step, as values of the order.

SOP steps 1, 2, 3 and 6. Previous hop: `step/pages.py`, with the form. Next hop: `step/orders.py`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from shared.web.forms.typed import day_of


def done_of(form: Mapping[str, Any]) -> tuple[str, date, dict[str, date] | None]:
    """What was done, on which day, and the work plan where that is it.
    Raises Refused for a day that cannot be read.
    """
    return str(form.get("summary", "")), day_of(form, "occurred_on"), planned_of(form)


def planned_of(form: Mapping[str, Any]) -> dict[str, date] | None:
    """The planned days of the work plan (`planned.report` …); None where the form has none."""
    names = [name for name in form if name.startswith("planned.")]
    return {name.partition(".")[2]: day_of(form, name) for name in names} or None
