"""Every sentence that the verifier can say has English."""

import ast
import re

import pytest

from services.archive.proof.export import whole_verifier
from services.archive.proof.verifier_english import english

INDONESIAN = re.compile(
    r"\b(tidak|yang|bukan|adalah|peristiwa|dengan|terbaca|rusak|bernama|ditulis)\b", re.IGNORECASE
)


def sentences() -> list[str]:
    """Every sentence that the verifier can say, read from its source,
    with something in the place of each name and number.
    """
    found = []
    tree = ast.parse(whole_verifier())
    spoken = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    spoken += [
        arg
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
        for arg in node.exc.args
    ]  # type: ignore[misc]
    for node in spoken:
        if isinstance(node, ast.JoinedStr):
            parts = [str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values]
            found.append("".join(parts))
        elif isinstance(node, ast.Constant):
            found.append(str(node.value))
    return sorted(
        {said for said in found if INDONESIAN.search(said) and said.endswith(".") and "nama+id" not in said}
    )


@pytest.mark.parametrize("said", sentences())
def test_every_sentence_that_can_be_said_has_english(said: str) -> None:
    heard = (
        said.replace("isinya 7", "isinya “7”")
        .replace("isinya persis 7", "isinya persis “7”")
        .replace("ulang 7:", "ulang log:")
    )
    assert not INDONESIAN.search(english(heard)), english(heard)
