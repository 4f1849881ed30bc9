"""What a projection answers with: changes of read-model rows as plain values,
so that projections stay pure and can be batched.

Structs, not dataclasses: a rebuild makes millions of them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
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

    @classmethod
    def of(cls, table: Table, *sources: object, **said: Any) -> "Put":
        """The row of what columns of the table and fields of `sources` (the record, the event, what is in
        it) are both called, and of `said`; as in a dict, the later wins, and `said` over all.

        Raises KeyError where a column of the key is left without a value.
        """
        return cls(table, *_row(table, *sources, **said))


class Patch(msgspec.Struct, frozen=True):
    """If there is a row with this key, it has these values afterwards."""

    table: Table
    key: Values
    values: Values

    @classmethod
    def of(cls, table: Table, *sources: object, **said: Any) -> "Patch":
        """As `Put.of`."""
        return cls(table, *_row(table, *sources, **said))


class Delete(msgspec.Struct, frozen=True):
    """There is no row with this key afterwards."""

    table: Table
    key: Values

    @classmethod
    def of(cls, table: Table, *sources: object, **said: Any) -> "Delete":
        """As `Put.of`; values beside the key do not matter."""
        return cls(table, _row(table, *sources, **said)[0])


Change = Put | Patch | Delete
Project = Callable[[Recorded], Iterable[Change]]
"""A projection: the changes that an event makes. Pure."""


def _row(table: Table, /, *sources: object, **said: Any) -> tuple[Values, Values]:
    values: dict[str, Any] = {}
    for source in sources:
        kind: Any = type(source)
        for name in _shared(table, kind):
            values[name] = getattr(source, name)
    values.update(said)
    return {name: values.pop(name) for name in _key(table)}, values


@cache
def _shared(table: Table, kind: Any) -> tuple[str, ...]:
    known = fields(kind) if is_dataclass(kind) else msgspec.structs.fields(kind)
    return tuple(field.name for field in known if field.name in table.columns)


@cache
def _key(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key)
