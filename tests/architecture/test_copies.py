"""Fields are carried, not copied one by one: `x=y.x` stays rare.
`combined` takes what two things call the same over from one to the other.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
FEWER_THAN = 250


def copies(text: str) -> int:
    """How many arguments are said as `x=y.x`."""
    return sum(
        isinstance(node, ast.keyword)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == node.arg
        for node in ast.walk(ast.parse(text))
    )


def test_fields_are_carried_together() -> None:
    """When this fails: `combined(Kind, event, command, …)`, or give the whole thing instead of its fields."""
    found = {
        path: copies(path.read_text(encoding="utf-8"))
        for folder in ("shared", "services", "deploy")
        for path in (ROOT / folder).rglob("*.py")
    }
    most = sorted(found, key=lambda path: -found[path])[:5]
    assert sum(found.values()) < FEWER_THAN, [f"{path.relative_to(ROOT)}: {found[path]}" for path in most]


def test_a_copy_is_seen() -> None:
    assert copies("f(cycle=event.cycle, by=event.person, step=step)") == 1
