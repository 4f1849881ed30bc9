"""A command from the event that it answers, an event from the command that caused it and the event that it
rests on: fields of one name are one.

Role: spares the process managers and the rules the copying of fields.
What is new or differs is said beside it, and so is seen. That every field gets a value of its type is checked
by mypy, with `deploy/mypy_combined.py`.
"""

from dataclasses import fields
from typing import Any, TypeVar

Made = TypeVar("Made")


def combined(kind: type[Made], /, *sources: object, **said: Any) -> Made:
    """A `kind` of the fields of `sources` that have the same name, and of `said`;
    as in a dict, the later wins, and `said` over all.

    `kind` and the sources are dataclasses. Raises TypeError where a field is left without a value,
    or `said` names one that there is not.
    """
    wanted = _names(kind)
    taken = {name: getattr(source, name) for source in sources for name in _names(type(source)) & wanted}
    return kind(**{**taken, **said})


_NAMES: dict[type[Any], frozenset[str]] = {}


def _names(kind: type[Any]) -> frozenset[str]:
    if kind not in _NAMES:
        _NAMES[kind] = frozenset(field.name for field in fields(kind))
    return _NAMES[kind]
