"""What a person typed into the forms of documents, as values of the commands.

SOP steps 4, 5, 9–12. Previous hop: a form. Next hop: `papers/pages.py` and `dispatch/pages.py`, which build the commands.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.documents.letters.catalogue import LETTER
from shared.eventsourcing.commands.command_handler import Conflict
from shared.eventsourcing.commands.decider import Refused
from shared.web.forms.typed import day_of
from shared.web.problems import FieldError, sentence_of
from shared.web.words.i18n import gettext as _


def letter_fields(form: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a letter (`isi:<field>`) as they were typed."""
    return {name.removeprefix(LETTER): str(value) for name, value in form.items() if name.startswith(LETTER)}


def part_of(form: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """The fields of one of several forms on a page (`gubernur-carrier` → `carrier`)."""
    return {name.removeprefix(f"{prefix}-"): value for name, value in form.items() if name.startswith(f"{prefix}-")}


def corrected_value(field: str, text: str) -> str | date:
    """What a correction says: a day for `received_on`, text for the others. Raises Refused for a day that is none."""
    if field != "received_on":
        return text
    return day_of({"value": text}, "value")


def errors_of(error: Refused | Conflict, places: Mapping[str, str]) -> tuple[FieldError, ...]:
    """A refusal beside the field of this form that it means; a conflict as a sentence on top."""
    if isinstance(error, Conflict):
        return (FieldError("", _("Dokumen ini berubah sejak Anda membukanya. Periksa lagi, lalu ulangi.")),)
    return (FieldError(places.get(error.field or "", error.field or ""), sentence_of(error)),)
