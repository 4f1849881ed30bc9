"""Cells of a submission in words: what a cell is called, and its text as a person reads it.

SOP step 8. Previous hop: changed cells and notes, which name cells by service and field. Next hop: the pages of verification.
"""

from shared.spm.catalogue import catalogue
from shared.web.figure_words import ANSWERS, CELLS, PARTS
from shared.web.formats import number, rupiah
from shared.web.i18n import gettext as _


def cell_text(field: str, text: str) -> str:
    """The text of a changed cell as a person reads it; a blank cell stays blank."""
    if field == "answer":
        return next((_(words) for answer, words in ANSWERS.items() if answer == text), text)
    if not (text.isascii() and text.isdigit()) or field in {"reason", "origin"} or field.startswith("evidence."):
        return text
    return rupiah(int(text)) if field in {"budget", "realised"} else number(int(text))


def cell_label(service: str, field: str) -> str:
    """A changed cell in words: service and column."""
    kind = catalogue().services.get(service)
    name = kind.name if kind else service
    if field.startswith("quality."):
        item, _dot, part = field.removeprefix("quality.").partition(".")
        named = kind.quality_item(item) if kind else None
        words = named.name if named else item
        return f"{name} · {words}, {_(PARTS[part])}" if part in PARTS else f"{name} · {words}"
    if field.startswith("evidence."):
        return f"{name} · {_(CELLS['evidence'])}"
    return f"{name} · {_(CELLS[field])}" if field in CELLS else name
