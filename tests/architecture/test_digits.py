"""A pattern at the rim means ASCII digits: `\\d` there takes those of every script,
and a region of Arabic digits once opened a cycle.
"""

import ast
from pathlib import Path

from tests.architecture.sources import parsed

ROOT = Path(__file__).parents[2]
ROOMS = ("services", "shared")


def patterns(source: str) -> list[str]:
    """Every text given as `pattern=`."""
    calls = [node for node in ast.walk(parsed(source)) if isinstance(node, ast.Call)]
    given = [keyword.value for call in calls for keyword in call.keywords if keyword.arg == "pattern"]
    return [
        value.value for value in given if isinstance(value, ast.Constant) and isinstance(value.value, str)
    ]


def test_no_pattern_of_the_rim_takes_other_scripts_for_digits_or_letters() -> None:
    files = [file for room in ROOMS for file in (ROOT / room).rglob("*.py")]
    found = {str(file.relative_to(ROOT)): patterns(file.read_text(encoding="utf-8")) for file in files}
    assert any(found.values()), "no pattern is given any more?"
    loose = {
        file: [text for text in texts if "\\d" in text or "\\w" in text] for file, texts in found.items()
    }
    assert {file: texts for file, texts in loose.items() if texts} == {}
