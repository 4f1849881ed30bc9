"""What a field of a command may hold: one check for each type, made from its annotation.

An event's way, hop 2. Previous hop: `gate.py`, with a whole command. Next hop: back, with texts in NFC, or
refused by the name of the field that must be mended. Pure. A field that says nothing gets the rule of its
type; a type without a rule is refused when the check is made.
"""

import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import cache
from typing import Any, Literal

from shared.contracts.fields import Day, Whole
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.value_checks import MARKS, PLAIN, TEXT, At, Check, expect, not_of_its_kind

MOST_ENTRIES = 1000


def rules_of(command: type) -> Mapping[str, str]:
    """Every field of a command with the rule that stands for it, e.g.
    `figure.reason` → `text 2000`: for a test that reads them all.
    """
    return dict(_described(command, ""))


@cache
def check_of(kind: Any) -> Check:
    """The check of one type. Raises TypeError for a type that has none: then a field would pass unseen."""
    base, marks = unwrapped(kind)
    origin, inside = typing.get_origin(base), typing.get_args(base)
    if isinstance(base, type) and is_dataclass(base):
        return _dataclass(base)
    if origin in {typing.Union, types.UnionType}:
        return _either(inside)
    if origin is Literal:
        return _literal(inside)
    if origin is tuple and inside[1:] == (...,):
        return _entries(inside[0])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(*inside)
    if base in PLAIN:
        return PLAIN[base](next((mark for mark in marks if isinstance(mark, MARKS[base])), None))
    raise TypeError(f"the gate knows no rule for {kind}")


def unwrapped(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    """Annotated[str, Text()] → str, (Text(),)."""
    return (kind.__origin__, kind.__metadata__) if hasattr(kind, "__metadata__") else (kind, ())


def _dataclass(kind: type) -> Check:
    hints = typing.get_type_hints(kind, include_extras=True)
    checks = [
        (field.name, "" if _has_fields(hints[field.name]) else field.name, check_of(hints[field.name]))
        for field in fields(kind)
    ]

    def check(value: Any, path: str, when: At) -> Any:
        expect(value, kind, path)
        changed = {}
        for name, shown, of_field in checks:
            before = getattr(value, name)
            after = of_field(before, f"{path}{shown}", when)
            if after is not before:
                changed[name] = after
        return replace(value, **changed) if changed else value

    return check


def _literal(choices: tuple[Any, ...]) -> Check:
    def check(value: Any, path: str, _when: At) -> Any:
        if not isinstance(value, str) or value not in choices:
            raise Refused(
                "not-a-choice",
                "Pilih salah satu: {choices}.",
                field=path,
                choices=", ".join(map(str, choices)),
            )
        return value

    return check


def _either(kinds: tuple[Any, ...]) -> Check:
    """A union: None passes where it may; otherwise the first type that the value is an instance of."""
    known = [(unwrapped(kind)[0], check_of(kind)) for kind in kinds if kind is not type(None)]

    def check(value: Any, path: str, when: At) -> Any:
        if value is None and type(None) in kinds:
            return None
        for kind, of_kind in known:
            if type(value) is kind or len(known) == 1:
                return of_kind(value, path, when)
        raise not_of_its_kind(path)

    return check


def _entries(kind: Any) -> Check:
    of_entry, dot = check_of(kind), "." if _has_fields(kind) else ""

    def check(value: Any, path: str, when: At) -> Any:
        expect(value, tuple, path)
        _not_too_many(value, path)
        after = tuple(of_entry(entry, f"{path}.{place}{dot}", when) for place, entry in enumerate(value))
        return after if any(new is not old for new, old in zip(after, value, strict=True)) else value

    return check


def _mapping(key_kind: Any, kind: Any) -> Check:
    of_key, of_value, dot = check_of(key_kind), check_of(kind), "." if _has_fields(kind) else ""

    def check(value: Any, path: str, when: At) -> Any:
        if not isinstance(value, Mapping):
            raise not_of_its_kind(path)
        _not_too_many(value, path)
        after = {
            of_key(key, path, when): of_value(entry, f"{path}.{key}{dot}", when)
            for key, entry in value.items()
        }
        return value if after == value else after

    return check


def _has_fields(kind: Any) -> bool:
    """Whether a place holds a value with fields of its own:
    those are named without the place that holds them, as in the request.
    """
    base = unwrapped(kind)[0]
    inside = typing.get_args(base) if typing.get_origin(base) in {typing.Union, types.UnionType} else (base,)
    return any(isinstance(entry, type) and is_dataclass(entry) for entry in inside)


def _not_too_many(value: Any, path: str) -> None:
    if len(value) > MOST_ENTRIES:
        raise Refused("too-many", "Terlalu banyak: paling banyak {most}.", field=path, most=MOST_ENTRIES)


def _described(kind: Any, path: str) -> typing.Iterator[tuple[str, str]]:
    base, marks = unwrapped(kind)
    check_of(kind)
    if isinstance(base, type) and is_dataclass(base):
        hints = typing.get_type_hints(base, include_extras=True)
        for field in fields(base):
            yield from _described(hints[field.name], f"{path}.{field.name}" if path else field.name)
        return
    inside = [entry for entry in typing.get_args(base) if entry not in {..., type(None)}]
    if inside and typing.get_origin(base) is not Literal:
        for place, entry in enumerate(inside):
            yield from _described(entry, f"{path}[{place}]" if len(inside) > 1 else path)
        return
    default = {str: TEXT, int: Whole(), date: Day()}.get(base, base)
    yield path, str(next(iter(marks), default))
