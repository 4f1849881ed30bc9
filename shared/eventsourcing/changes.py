"""What a projection answers with: changes of read-model rows as plain values, so that projections stay pure and can be batched."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Put:
    """The row with this key has these values afterwards; other columns keep theirs. Inserts the row if it is not there."""

    table: Table
    key: Values
    values: Values


@dataclass(frozen=True, slots=True)
class Patch:
    """If there is a row with this key, it has these values afterwards."""

    table: Table
    key: Values
    values: Values


@dataclass(frozen=True, slots=True)
class Delete:
    """There is no row with this key afterwards."""

    table: Table
    key: Values


Change = Put | Patch | Delete
