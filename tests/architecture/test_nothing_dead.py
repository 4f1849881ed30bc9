"""Nothing lies about unused: what no program, page or route asks for goes.
Tests do not count as users, or what only they use would live for ever.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from vulture.core import Vulture

ROOT = Path(__file__).parents[2]
FOLDERS = ("shared", "services", "deploy")
CALLED_BY_DECORATOR = ["@*.get", "@*.post", "@*.put", "@*.command", "@*.callback", "@*.delete"]
KINDS = {"function", "method", "property", "class", "import"}
WAITING = {}
"""What nobody asks for yet, with who will."""
FOR_DRILLS = {
    "stop_part": "a fault drill ends one part cleanly",
    "one_round": "a drill compares everything at once, without the pauses of a live service",
    "rules_of": "a test reads which rule stands for every field of every command",
    "obsolete": "a test asks for translations that nobody says any more",
}
"""What only drills ask for, of a thing that they could not reach into otherwise."""
NOT_OURS = {
    "get_function_hook": "mypy asks its plugin",
    "plugin": "mypy begins with it",
    "dump": "psycopg calls it to write a value",
    "settings_customise_sources": "pydantic-settings calls it",
    "handleError": "a handler of logging calls it",
}
"""What a library calls by its name."""


EXCUSED = WAITING.keys() | FOR_DRILLS.keys() | NOT_OURS.keys()


def asked_by_templates() -> set[str]:
    return {
        name
        for path in ROOT.glob("s*/**/templates/*.html")
        for name in re.findall(r"[A-Za-z_]\w+", path.read_text(encoding="utf-8"))
    }


def unused() -> Iterable[tuple[str, str]]:
    """Where something lies that nobody asks for, and its name."""
    looking = Vulture(ignore_decorators=CALLED_BY_DECORATOR)
    looking.scavenge([str(ROOT / folder) for folder in FOLDERS])
    templates = asked_by_templates()
    for found in looking.get_unused_code(min_confidence=60):
        if found.typ in KINDS and found.name not in templates | EXCUSED:
            yield f"{found.filename.relative_to(ROOT)}:{found.first_lineno}", found.name


def test_nothing_lies_about_unused() -> None:
    """Delete it; or say in WAITING, FOR_DRILLS or NOT_OURS who asks for it."""
    assert list(unused()) == []


def test_what_is_excused_is_still_there() -> None:
    text = "\n".join(
        path.read_text(encoding="utf-8") for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")
    )
    assert [name for name in EXCUSED if not re.search(rf"def {name}\b", text)] == []
