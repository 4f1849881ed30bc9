"""What documents name is there: a module that a document sends its reader to exists,
and so does every folder.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
HISTORY = {"CHANGELOG.md"}
MODULE = re.compile(r"`([a-z_/]+\.py)`")
FOLDER = re.compile(r"`((?:services|shared|deploy|tests)/[a-z_/]*)`")


@pytest.mark.parametrize(
    "document", [path for path in DOCUMENTS if path.name not in HISTORY], ids=lambda path: path.name
)
def test_what_a_document_names_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    present = [
        f"/{path.relative_to(ROOT)}"
        for folder in ("shared", "services", "deploy", "tests")
        for path in (ROOT / folder).rglob("*.py")
    ]
    gone = {name for name in MODULE.findall(text) if not any(there.endswith(f"/{name}") for there in present)}
    gone |= {name for name in FOLDER.findall(text) if not (ROOT / name).exists()}
    assert gone == set()
