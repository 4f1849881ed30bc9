"""Fields are carried, not copied one by one: `x=y.x` stays rare, and so does `"x": y.x`.
`combined` takes what two things call the same over from one to the other, `Put.of` from an event to a row.
"""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.sources import parsed

ROOT = Path(__file__).parents[2]
FEWER_THAN, IN_DICTS_FEWER_THAN = 250, 220


def copies(text: str) -> int:
    """How many arguments are said as `x=y.x`."""
    return sum(
        isinstance(node, ast.keyword)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == node.arg
        for node in ast.walk(parsed(text))
    )


def copies_in_dicts(text: str) -> int:
    """How many values of dicts are said as `"x": y.x`."""
    return sum(
        isinstance(key, ast.Constant) and isinstance(value, ast.Attribute) and value.attr == key.value
        for node in ast.walk(parsed(text))
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
    )


@pytest.mark.parametrize(("count", "limit"), [(copies, FEWER_THAN), (copies_in_dicts, IN_DICTS_FEWER_THAN)])
def test_fields_are_carried_together(count: Callable[[str], int], limit: int) -> None:
    """When this fails: `combined(Kind, event, command, …)` for commands and events, `Put.of(table, recorded,
    event, …)` for rows, or give the whole thing instead of its fields.
    """
    found = {
        path: count(path.read_text(encoding="utf-8"))
        for folder in ("shared", "services", "deploy")
        for path in (ROOT / folder).rglob("*.py")
    }
    most = sorted(found, key=lambda path: -found[path])[:5]
    assert sum(found.values()) < limit, [f"{path.relative_to(ROOT)}: {found[path]}" for path in most]


def test_a_copy_is_seen() -> None:
    assert copies("f(cycle=event.cycle, by=event.person, step=step)") == 1
    assert copies_in_dicts('{"cycle": event.cycle, "by": event.person, "step": step, **more}') == 1
