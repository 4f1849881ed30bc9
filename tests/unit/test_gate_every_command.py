"""The gate before every decision: every field of every command of every service,
and what no field may hold.
"""

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

import services
from services.intake.domain.cycle import OpenCycle
from shared.contracts.fields import Text
from shared.eventsourcing.commands import checks, gate
from shared.eventsourcing.commands.decider import Decider, Refused
from tests.unit.test_gate import AT, NOW


def commands() -> Iterator[type]:
    """Every command class that a decider of any service decides about."""
    for service in pkgutil.iter_modules(services.__path__):
        room = importlib.import_module(f"services.{service.name}.bootstrap").ROOM
        for decider in room.categories.values():
            yield from _classes_of(decider)


def _classes_of(decider: Decider[Any, Any, Any]) -> Iterator[type]:
    module = importlib.import_module(decider.decide.__module__)
    hint = get_type_hints(decider.decide)["command"]
    yield from get_args(hint) or [hint]
    assert module


COMMANDS = sorted(set(commands()), key=lambda command: f"{command.__module__}.{command.__name__}")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_every_field_of_a_command_has_a_rule(command: type) -> None:
    rules = checks.rules_of(command)
    assert {name.partition(".")[0].partition("[")[0] for name in rules} == {
        field.name for field in dataclasses.fields(command)
    }
    for name, rule in rules.items():
        assert rule.startswith(
            ("Text(", "Whole(", "Day(", "<class 'bool'>", "<class 'datetime", "typing.Literal")
        ), f"{name}: {rule}"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_no_field_takes_what_no_record_should_hold(command: type) -> None:
    places = list(_places(command, ()))
    for path, kind in places:
        others = {
            checks.unwrapped(other)[0] for where, other in places if where == path and other is not kind
        }
        for bad in (value for value in _bad(kind) if type(value) not in others):
            spoiled = _made(command, {path: bad}, ())
            with pytest.raises(Refused) as refusal:
                gate.admit(spoiled, AT)
            assert refusal.value.field, (
                f"{command.__name__}.{'.'.join(path)}: {bad!r} is refused without its field"
            )
            assert str(path[-1]).strip("0123456789") in refusal.value.field or path[-1] in {"0", "key"}


def _bad(kind: Any) -> list[Any]:
    base, marks = checks.unwrapped(kind)
    if base is str:
        return [
            "a\0b",
            "\ud800",
            "a\x07b",
            "abc\u202edef",
            "e" + "\u0301" * 9,
            "x" * 1_000_000,
            "a\x0bb",
            "\ufffe",
            7,
            b"x",
            None,
        ]
    if base is int:
        return [2**63, -(2**63), True, "7", 1.0, 10**6000]
    if base is date:
        planned = any(getattr(mark, "kind", "") == "planned" for mark in marks)
        return [date(2062, 3, 12), date(1999, 1, 1), NOW, "20240321"] + (
            [] if planned else [date(2027, 4, 1), date(2024, 12, 31)]
        )
    if base is datetime:
        return [datetime(2027, 1, 1), date(2027, 1, 1), "2027"]  # noqa: DTZ001
    if base in {bool, type(None)}:  # nothing is said by leaving it out
        return [1, "true", None] if base is bool else []
    return ["no such choice", 7, None]


def _places(kind: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every place of a command where one value stands: (path, type)."""
    base, _ = checks.unwrapped(kind)
    if dataclasses.is_dataclass(base) and isinstance(base, type):
        for name, hint in get_type_hints(base, include_extras=True).items():
            if name in {field.name for field in dataclasses.fields(base)}:
                yield from _places(hint, (*path, name))
    elif get_origin(base) is tuple:
        yield from _places(get_args(base)[0], (*path, "0"))
    elif isinstance(get_origin(base), type) and issubclass(get_origin(base), Mapping):
        yield (*path, "key"), get_args(base)[0]
        yield from _places(get_args(base)[1], (*path, "7"))
    elif get_origin(base) is not Literal and get_args(base):
        for entry in get_args(base):
            yield from _places(entry, path)
    else:
        yield path, kind


def _made(kind: Any, spoiled: dict[tuple[str, ...], Any], path: tuple[str, ...]) -> Any:  # noqa: PLR0911 - one answer for each kind of type
    """A sound value of a type, but for the spoiled places."""
    if path in spoiled:
        return spoiled[path]
    base, marks = checks.unwrapped(kind)
    if dataclasses.is_dataclass(base) and isinstance(base, type):
        hints = get_type_hints(base, include_extras=True)
        return base(
            **{
                field.name: _made(hints[field.name], spoiled, (*path, field.name))
                for field in dataclasses.fields(base)
            }
        )
    if get_origin(base) is tuple:
        return (_made(get_args(base)[0], spoiled, (*path, "0")),)
    if isinstance(get_origin(base), type) and issubclass(get_origin(base), Mapping):
        key = spoiled.get((*path, "key"), _made(get_args(base)[0], {}, ()))
        return {key: _made(get_args(base)[1], spoiled, (*path, "7"))}
    if get_origin(base) is Literal:
        return get_args(base)[0]
    if get_args(base):
        return _made(get_args(base)[0], spoiled, path)
    rule = next(iter(marks), Text())
    if base is str:
        return {r"[0-9a-f]{64}": "a" * 64, r"[0-9]{4}-[0-9]{4}": "3402-2026", r"[0-9]{4}": "3402"}.get(
            rule.pattern, "kata"
        )
    return {
        int: 2026 if "Whole(least=2000" in str(marks) else 1,
        date: date(2026, 8, 3),
        datetime: NOW,
        bool: True,
    }[base]


def test_a_sound_command_passes_as_it_is() -> None:
    for command in COMMANDS:
        sound = _made(command, {}, ())
        assert gate.admit(sound, AT) is sound, command.__name__


UNSEEN = [
    " ",
    "\t\n",
    "\u00a0\u2003",
    "\u200b",
    "\u200d\u2060\ufeff",
    "\u00ad \u00ad",
    "\u2800",
    "\u3164\uffa0",
    "\u115f\u1160",
    "\ufe0f",
    "\u034f",
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_what_cannot_be_seen_is_no_text(command: type) -> None:
    """Whoever must say why has not said it with signs that nobody sees."""
    for path, kind in _places(command, ()):
        base, marks = checks.unwrapped(kind)
        rule = next(iter(marks), Text())
        if base is not str or rule.pattern or path[-1] == "key":
            continue
        for unseen in (
            UNSEEN if rule.lines else [text for text in UNSEEN if text.isprintable() or "\t" not in text]
        ):
            said = gate.admit(_made(command, {path: unseen}, ()), AT)
            for name in path:
                said = (
                    said[0]
                    if name == "0"
                    else next(iter(said.values()))
                    if name == "7"
                    else getattr(said, name)
                )
            assert said == "", f"{command.__name__}.{'.'.join(path)} keeps {unseen!r}"


@pytest.mark.parametrize("region", ["٣٤٠٢", "３４０２", "34O2", "340", "34 2"])
def test_digits_are_ascii(region: str) -> None:
    with pytest.raises(Refused) as refusal:
        gate.admit(_made(OpenCycle, {("region",): region}, ()), AT)
    assert (refusal.value.code, refusal.value.field) == ("text-malformed", "region")
