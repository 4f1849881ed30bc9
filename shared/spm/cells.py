"""The cells of a figure: what a person fills in, one value each, under the names that forms,
notes and conflicts use.

Role: one meaning of "cell" for the form of intake and the rule that compares what was seen with what is
stored. A quality item is one cell: its two numbers mean nothing without each other.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shared.contracts.values import Figure, QualityItem

NUMBERS = ("entitled", "served", "budget", "realised")
COLUMNS = ("answer", *NUMBERS, "reason", "origin")
QUALITY = "quality."

Value = int | str | QualityItem | None


def cell(figure: Figure, field: str) -> Value:
    """The value of one cell; None for a blank."""
    if field.startswith(QUALITY):
        return figure.quality.get(field.removeprefix(QUALITY))
    value: Value = getattr(figure, field)
    return value


def changes(before: Figure, after: Figure) -> dict[str, Value]:
    """The cells of `after` that differ from `before`, by name: the columns, then the quality items."""
    columns: dict[str, Value] = {
        field: getattr(after, field) for field in COLUMNS if getattr(after, field) != getattr(before, field)
    }
    if after.quality == before.quality:
        return columns
    items = {item: after.quality.get(item) for item in {**before.quality, **after.quality}}
    return columns | {
        f"{QUALITY}{item}": value for item, value in items.items() if value != before.quality.get(item)
    }


def with_cells(figure: Figure, cells: Mapping[str, Value]) -> Figure:
    """The figure with these cells instead of its own."""
    columns: dict[str, Any] = {
        field: value for field, value in cells.items() if not field.startswith(QUALITY)
    }
    items = {
        field.removeprefix(QUALITY): value for field, value in cells.items() if field.startswith(QUALITY)
    }
    quality = {
        item: value for item, value in {**figure.quality, **items}.items() if isinstance(value, QualityItem)
    }
    return replace(figure, quality=quality, **columns)


def said(value: Value) -> str:
    """A value as text for an answer to a program: `4075`, `117/120` (fulfilled/required),
    `""` for a blank.
    """
    if isinstance(value, QualityItem):
        return f"{value.fulfilled}/{value.required}"
    return "" if value is None else str(value)
