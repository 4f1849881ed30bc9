"""What a projection answers with: changes of read-model rows as plain values,
so that projections stay pure and can be batched.

Structs, not dataclasses: a rebuild makes millions of them.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Table

from shared.eventsourcing.recorded import Recorded

Values = Mapping[str, Any]


class Put(msgspec.Struct, frozen=True):
    """The row with this key has these values afterwards; other columns keep theirs.
    Inserts the row if it is not there.
    """

    table: Table
    key: Values
    values: Values


class Patch(msgspec.Struct, frozen=True):
    """If there is a row with this key, it has these values afterwards."""

    table: Table
    key: Values
    values: Values


class Delete(msgspec.Struct, frozen=True):
    """There is no row with this key afterwards."""

    table: Table
    key: Values


Change = Put | Patch | Delete
Project = Callable[[Recorded], Iterable[Change]]
"""A projection: the changes that an event makes. Pure."""
