"""Other values in the place of true ones: a leaf of what an event says, a cell of a read model."""

import json
import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Table

Row = dict[str, Any]


def spoiled(value: Any, chance: random.Random) -> Any:
    """The same value with one leaf of it changed."""
    if isinstance(value, dict) and value:
        name = chance.choice(sorted(value))
        return {**value, name: spoiled(value[name], chance)}
    if isinstance(value, list) and value:
        at = chance.randrange(len(value))
        return [*value[:at], spoiled(value[at], chance), *value[at + 1 :]]
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else f"{value} palsu"


def another_cell(table: Table, row: Row, chance: random.Random) -> tuple[Row, str, Any] | None:
    """A cell that is no key, with another value of its kind; None where the row has none."""
    cells = [column.name for column in table.columns if not column.primary_key]
    known = [(name, _another(row[name])) for name in cells]
    able = [(name, value) for name, value in known if value is not None]
    return (row, *chance.choice(able)) if able else None


def _another(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return f"{value} palsu"
    if isinstance(value, date):
        return value - timedelta(days=1)
    return json.dumps({**value, "palsu": 1}) if isinstance(value, dict) else None


def same_key(found: Sequence[Any], key: Sequence[Any]) -> bool:
    return [str(part) for part in found] == [str(part) for part in key]
