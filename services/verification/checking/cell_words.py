"""Cells of a submission in words: what a cell is called, and its text as a person reads it.

SOP step 8. Previous hop: changed cells and notes, which name cells by service and field.
Next hop: the pages of verification.
"""

from shared.spm.catalogue import Catalogue
from shared.web.words.figure_words import ANSWERS, cell_name
from shared.web.words.formats import number, rupiah
from shared.web.words.i18n import gettext as _


def cell_text(field: str, text: str) -> str:
    """The text of a changed cell as a person reads it; a blank cell stays blank."""
    if field == "answer":
        return next((_(words) for answer, words in ANSWERS.items() if answer == text), text)
    if (
        not (text.isascii() and text.isdigit())
        or field in {"reason", "origin"}
        or field.startswith("evidence.")
    ):
        return text
    return rupiah(int(text)) if field in {"budget", "realised"} else number(int(text))


def cell_label(catalogue: Catalogue, service: str, field: str) -> str:
    """A changed cell in words, as this catalogue has them: service and column."""
    kind = catalogue.services.get(service)
    return " · ".join(filter(None, (kind.name if kind else service, cell_name(kind, field))))
