"""What a person typed into the forms of verification, as values of the commands.

SOP steps 8 and 10. Previous hop: a form. Next hop: `pages.py` and `endorsement_pages.py`, which build the commands.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from shared.contracts.values import FieldNote
from shared.eventsourcing.decider import Refused

NOTE = "catatan:"


def day_of(form: Mapping[str, Any], name: str) -> date:
    """The day in a date field. Raises Refused with a sentence where there is none."""
    try:
        return date.fromisoformat(str(form.get(name, "")))
    except ValueError:
        raise Refused("date-unreadable", "Isi tanggal yang ada, misalnya 2026-02-17.", field=name) from None


def notes_of(form: Mapping[str, Any]) -> tuple[FieldNote, ...]:
    """The notes that were written beside cells (`catatan:<service>:<field>`); cells without words are no notes."""
    return tuple(_notes(form))


def _notes(form: Mapping[str, Any]) -> Iterator[FieldNote]:
    for name, words in form.items():
        if name.startswith(NOTE) and str(words).strip():
            service, _, field = name.removeprefix(NOTE).partition(":")
            yield FieldNote(service=service, field=field, note=str(words).strip())
