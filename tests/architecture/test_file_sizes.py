"""Small files: a person reads one in a sitting. None above 300 lines, a decider,
which stands whole in one file, 400; half of them below 120.
"""

from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent.parent
FOLDERS = ("shared", "services", "deploy", "tests")
LONGEST, DECIDER, MEDIAN = 300, 400, 120
MOST_SUPPORT_FILES, MOST_SUPPORT_LINES = 33, 3_800


def files() -> list[Path]:
    """Every Python file that people write; empty package markers do not count."""
    found = [
        path
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        if "__pycache__" not in path.parts
    ]
    return [path for path in found if path.stat().st_size]


def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_file_is_longer_than_a_sitting() -> None:
    assert {
        str(path.relative_to(ROOT)): length(path)
        for path in files()
        if length(path) > (DECIDER if path.parent.name == "domain" else LONGEST)
    } == {}


def test_half_of_all_files_are_short() -> None:
    assert median(map(length, files())) <= MEDIAN


def test_what_tests_share_stays_half_of_what_it_was() -> None:
    """One way each: `applications.py` opens a service, `rooms.py` asks it, `events.made` makes an event,
    `forms.py` reads a form, `deploy.local.Instance` runs everything.
    """
    shared = [path for path in files() if path.parent == ROOT / "tests" / "support"]
    assert len(shared) <= MOST_SUPPORT_FILES, "merge what builds the same"
    assert sum(map(length, shared)) <= MOST_SUPPORT_LINES, "what one test alone needs stands beside it"


def test_no_file_has_a_name_that_says_nothing() -> None:
    nameless = {"utils", "helpers", "common", "manager", "base", "misc"}
    assert [path for path in files() if path.stem in nameless] == []
