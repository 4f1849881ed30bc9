"""What a verifier wrote beside cells, as values of the command.

SOP step 8. Previous hop: a form. Next hop: `checking/pages.py`, which asks for the order.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.contracts.values import FieldNote

NOTE = "catatan:"


def notes_of(form: Mapping[str, Any]) -> tuple[FieldNote, ...]:
    """The notes that were written beside cells (`catatan:<service>:<field>`);
    cells without words are no notes.
    """
    return tuple(_notes(form))


def _notes(form: Mapping[str, Any]) -> Iterator[FieldNote]:
    for name, words in form.items():
        if name.startswith(NOTE) and str(words).strip():
            service, _, field = name.removeprefix(NOTE).partition(":")
            yield FieldNote(service=service, field=field, note=str(words).strip())
