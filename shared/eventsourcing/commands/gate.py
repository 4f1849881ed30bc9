"""The one gate before every decision: no command reaches its rules with text,
a number or a day that no record should hold.

An event's way, hop 2, first thing. Previous hop: `command_handler`, for API, page and process manager alike.
Next hop: `decide`. Pure. What a field may hold follows from its annotation (`shared.contracts.fields`); a
field that says nothing gets the rule of its type.

A command that follows from an event passes as it is, except for what no store can hold: what was recorded
before there was a gate is a fact, its digests are computed over its very letters, and refusing it would park
an old history for good.
"""

import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, TypeVar

from shared.clock import WIB
from shared.contracts.fields import Day, NotPlain, Text, Whole, plain
from shared.eventsourcing.commands.decider import Refused

Given = TypeVar("Given")
Check = Callable[[Any, str, "At"], Any]

MOST_ENTRIES = 1000
SETTINGS = (date(2000, 1, 1), date(2100, 12, 31))
PLAN_YEARS = 3
_CYCLE = re.compile(r"[0-9]{4}-(?P<year>[0-9]{4})")
_STREAM = Text(200, pattern=r"[a-z0-9._-]+")
TEXT = Text()


@dataclass(frozen=True, slots=True)
class At:
    """When and for which case a command is given: acts from `since` to `today`, plans to `until`.
    `followed`: it follows from an event.
    """

    today: date
    since: date = SETTINGS[0]
    until: date = SETTINGS[1]
    followed: bool = False


def at(case_id: str, now: datetime, *, followed: bool = False) -> At:
    """The bounds of days for a case: today in the office, the first day of the year before the cycle's year,
    and three years after it.
    """
    cycle, today = _CYCLE.fullmatch(case_id), now.astimezone(WIB).date()
    if cycle is None or not SETTINGS[0].year < int(cycle["year"]) <= SETTINGS[1].year:
        return At(today, followed=followed)
    year = int(cycle["year"])
    return At(today, date(year - 1, 1, 1), date(year + PLAN_YEARS, 12, 31), followed)


def admit(command: Given, when: At) -> Given:
    """The command as it may be decided: texts in NFC.
    Raises Refused with the name of the field that must be mended.
    """
    kind: Any = type(command)
    admitted: Given = check_of(kind)(command, "", when)
    return admitted


def admit_stream(stream: str, case_id: str) -> None:
    """Raises Refused for a stream or case that can't be the name of one."""
    for text, field in ((stream, "stream"), (case_id, "cycle")):
        _text(_STREAM)(text, field, At(SETTINGS[0]))


def names_cycle(case_id: str, command: object) -> bool:
    """Whether a command speaks of a cycle that must exist:
    agencies and the calendar belong to none, and one command opens it.
    """
    return case_id != "settings" and not getattr(command, "opens_case", False)


def unknown_case(case_id: str) -> Refused:
    return Refused("case-unknown", "Siklus {cycle} tidak dikenal di sini.", field="cycle", cycle=case_id)


def rules_of(command: type) -> Mapping[str, str]:
    """Every field of a command with the rule that stands for it, e.g.
    `figure.reason` → `text 2000`: for a test that reads them all.
    """
    return dict(_described(command, ""))


@cache
def check_of(kind: Any) -> Check:
    """The check of one type. Raises TypeError for a type that has none: then a field would pass unseen."""
    base, marks = _unwrapped(kind)
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
    if base in _PLAIN:
        return _PLAIN[base](next((mark for mark in marks if isinstance(mark, _MARKS[base])), None))
    raise TypeError(f"the gate knows no rule for {kind}")


def _unwrapped(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    """Annotated[str, Text()] → str, (Text(),)."""
    return (kind.__origin__, kind.__metadata__) if hasattr(kind, "__metadata__") else (kind, ())


def _dataclass(kind: type) -> Check:
    hints = typing.get_type_hints(kind, include_extras=True)
    checks = [
        (field.name, "" if _has_fields(hints[field.name]) else field.name, check_of(hints[field.name]))
        for field in fields(kind)
    ]

    def check(value: Any, path: str, when: At) -> Any:
        _expect(value, kind, path)
        changed = {}
        for name, shown, of_field in checks:
            before = getattr(value, name)
            after = of_field(before, f"{path}{shown}", when)
            if after is not before:
                changed[name] = after
        return replace(value, **changed) if changed else value

    return check


def _text(mark: Text | None) -> Check:
    rule = mark or TEXT

    def check(value: Any, path: str, when: At) -> str:
        _expect(value, str, path)
        if when.followed:
            return _storable(value, path)
        try:
            return plain(value, rule)
        except NotPlain as error:
            raise refusal(error, path) from None

    return check


def refusal(error: NotPlain, field: str) -> Refused:
    """What is wrong with a text, for the person who wrote it."""
    if error.code == "text-too-long":
        return Refused(
            "text-too-long", "Terlalu panjang: paling banyak {longest} huruf.", field=field, **error.facts
        )
    if error.code == "text-malformed":
        return Refused("text-malformed", "Bentuknya bukan seperti yang diminta di sini.", field=field)
    return Refused(
        "text-not-plain",
        "Ada tanda yang tidak dapat disimpan ({sign}); hapus, lalu tulis ulang.",
        field=field,
        **error.facts,
    )


def _storable(text: str, path: str) -> str:
    """What PostgreSQL cannot hold at all; it can never have come from an event,
    so nobody's history waits for it.
    """
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise refusal(NotPlain("text-not-plain", sign="U+0000"), path)
    return text


def _whole(mark: Whole | None) -> Check:
    rule = mark or Whole()

    def check(value: Any, path: str, when: At) -> int:
        _expect(value, int, path)
        least, most = (Whole().least, Whole().most) if when.followed else (rule.least, rule.most)
        if not least <= value <= most:
            raise Refused(
                "number-out-of-range",
                "Bilangan ini di luar batas: dari {least} sampai {most}.",
                field=path,
                least=least,
                most=most,
            )
        return int(value)

    return check


def _day(mark: Day | None) -> Check:
    kind = (mark or Day()).kind

    def check(value: Any, path: str, when: At) -> date:
        _expect(value, date, path)
        if when.followed:
            return value  # type: ignore[no-any-return]
        first, last = (when.since, when.until if kind == "planned" else when.today)
        if value > last and kind == "act":
            raise Refused("day-to-come", "Tanggal ini belum terjadi.", field=path)
        if value < first and kind == "act":
            raise Refused(
                "day-too-early",
                "Tanggal ini terlalu lama: paling awal {first}, setahun sebelum tahun siklusnya.",
                field=path,
                first=first,
            )
        if not first <= value <= last:
            raise Refused(
                "day-out-of-range",
                "Tanggal ini di luar batas: dari {first} sampai {last}.",
                field=path,
                first=first,
                last=last,
            )
        return value  # type: ignore[no-any-return]

    return check


def _moment(_mark: None) -> Check:
    def check(value: Any, path: str, _when: At) -> datetime:
        _expect(value, datetime, path)
        if value.tzinfo is None:
            raise Refused("moment-without-zone", "Waktu ini tidak menyebut zona waktunya.", field=path)
        return value  # type: ignore[no-any-return]

    return check


def _flag(_mark: None) -> Check:
    def check(value: Any, path: str, _when: At) -> bool:
        _expect(value, bool, path)
        return bool(value)

    return check


_PLAIN: Mapping[type, Callable[[Any], Check]] = {
    str: _text,
    int: _whole,
    date: _day,
    datetime: _moment,
    bool: _flag,
}
_MARKS: Mapping[type, type] = {str: Text, int: Whole, date: Day, datetime: type(None), bool: type(None)}


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
    known = [(_unwrapped(kind)[0], check_of(kind)) for kind in kinds if kind is not type(None)]

    def check(value: Any, path: str, when: At) -> Any:
        if value is None and type(None) in kinds:
            return None
        for kind, of_kind in known:
            if type(value) is kind or len(known) == 1:
                return of_kind(value, path, when)
        raise _not_of_its_kind(path)

    return check


def _entries(kind: Any) -> Check:
    of_entry, dot = check_of(kind), "." if _has_fields(kind) else ""

    def check(value: Any, path: str, when: At) -> Any:
        _expect(value, tuple, path)
        _not_too_many(value, path)
        after = tuple(of_entry(entry, f"{path}.{place}{dot}", when) for place, entry in enumerate(value))
        return after if any(new is not old for new, old in zip(after, value, strict=True)) else value

    return check


def _mapping(key_kind: Any, kind: Any) -> Check:
    of_key, of_value, dot = check_of(key_kind), check_of(kind), "." if _has_fields(kind) else ""

    def check(value: Any, path: str, when: At) -> Any:
        if not isinstance(value, Mapping):
            raise _not_of_its_kind(path)
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
    base = _unwrapped(kind)[0]
    inside = typing.get_args(base) if typing.get_origin(base) in {typing.Union, types.UnionType} else (base,)
    return any(isinstance(entry, type) and is_dataclass(entry) for entry in inside)


def _not_too_many(value: Any, path: str) -> None:
    if len(value) > MOST_ENTRIES:
        raise Refused("too-many", "Terlalu banyak: paling banyak {most}.", field=path, most=MOST_ENTRIES)


def _expect(value: Any, kind: type, path: str) -> None:
    """Exactly this type: a bool is no number, a moment no day."""
    if type(value) is not kind:
        raise _not_of_its_kind(path)


def _not_of_its_kind(path: str) -> Refused:
    return Refused("not-of-its-kind", "Isian ini tidak dapat dibaca.", field=path.rstrip("."))


def _described(kind: Any, path: str) -> typing.Iterator[tuple[str, str]]:
    base, marks = _unwrapped(kind)
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
