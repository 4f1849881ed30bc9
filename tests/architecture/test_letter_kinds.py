"""A cover letter to somebody else needs no program: none names one, its recipient or its receipt;
they stand in `document_kinds.toml`.
"""

import ast
from pathlib import Path

from shared.sop.document_kinds import document_kinds
from tests.architecture.sources import parsed

ROOT = Path(__file__).parents[2]
KINDS = document_kinds()
NAMED = {*KINDS.letters, *KINDS.recipient, *KINDS.receipts}


def named_in(text: str) -> set[str]:
    """The letters, recipients and receipts that the code of a module names as a value of their own."""
    constants = (
        node.value
        for node in ast.walk(parsed(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return NAMED.intersection(constants)


def test_no_program_names_a_cover_letter() -> None:
    programs = [
        path
        for folder in ("shared", "services", "deploy")
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts
    ]
    found = {
        str(path.relative_to(ROOT)): named
        for path in programs
        if (named := named_in(path.read_text(encoding="utf-8")))
    }
    assert found == {}, "ask document_kinds() instead"


def test_a_letter_that_is_named_is_seen() -> None:
    assert named_in('match kind:\n    case "pengantar_gubernur":\n        pass\n') == {"pengantar_gubernur"}
