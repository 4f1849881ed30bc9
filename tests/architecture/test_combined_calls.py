"""What `combined` makes is checked before it runs: mypy's plugin says which field has no value,
and nothing that calls it is hidden from the plugin.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOT_LOOKED_AT = {
    "services/documents/papers/drafting.py": "one adds by name what a draft rests on, out of a dictionary",
    "shared/web/forms/said.py": "makes any command of what is said in a form or a body, by the names in it",
}
DECLARED = """
from dataclasses import dataclass
from shared.eventsourcing.combined import combined

@dataclass(frozen=True)
class Asked:
    cycle: str
    by: str
    count: int

@dataclass(frozen=True)
class Known:
    cycle: str
    title: str

@dataclass(frozen=True)
class Made:
    cycle: str
    title: str
    by: str
    note: str = ""

asked, known, either = Asked("c", "sri", 1), Known("c", "t"), [Asked("c", "sri", 1), Known("c", "t")][0]

"""


CALLS = {
    "combined(Made, asked, known)": "",
    "combined(Made, asked, known, note='late')": "",
    "combined(Made, asked, title='t')": "",
    "combined(Made, asked)": "the field title is in none of its sources, and not said",
    "combined(Made, either, title='t')": "the field by is in none of its sources, and not said",
    "combined(Made, asked, known, reason='r')": "there is no field reason",
    "combined(Made, asked, known, note=3)": "the field note is str, not Literal[3]?",
    "combined(Known, asked, title=asked.count)": "the field title is str, not int",
}


def test_a_field_without_a_value_is_found_without_running_the_call(tmp_path: Path) -> None:
    (tmp_path / "calling.py").write_text(DECLARED + "\n".join(CALLS) + "\n")
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path / "cache"), "--config-file"]
    told = subprocess.run(
        [*command, str(ROOT / "pyproject.toml"), str(tmp_path / "calling.py")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    first = DECLARED.count("\n") + 1
    found = {int(line): said for line, said in re.findall(r"calling\.py:(\d+): error: (.*?)  \[", told)}
    made = {call: call[len("combined(") :].partition(",")[0] for call in CALLS}
    assert found == {
        line: f"combined({made[call]}): {fault}"
        for line, (call, fault) in enumerate(CALLS.items(), first)
        if fault
    }, told


def calling() -> Iterator[tuple[str, ast.AST]]:
    """Every module that names `combined`, with its tree."""
    for room in ("services", "shared", "deploy"):
        for path in (ROOT / room).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            if "combined" in text and path.stem not in {"combined", "mypy_combined"}:
                yield str(path.relative_to(ROOT)), ast.parse(text)


def test_every_call_is_one_that_the_plugin_can_look_at() -> None:
    for path, tree in calling():
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_it(node.func)]
        names = [node for node in ast.walk(tree) if _is_it(node)]
        assert len(calls) == len(names), f"{path} hands `combined` on instead of calling it"
        hidden = any(word.arg is None for call in calls for word in call.keywords)
        assert hidden == (path in NOT_LOOKED_AT), f"{path} says fields by a dictionary, where none is missed"


def _is_it(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "combined"
