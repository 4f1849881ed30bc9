"""What a person typed into the forms of documents, as values of the commands.

SOP steps 4, 5, 9–12. Previous hop: a form. Next hop: `pages.py` and `dispatch_pages.py`, which build the commands.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from shared.eventsourcing.command_handler import Conflict
from shared.eventsourcing.decider import Refused
from shared.web.i18n import gettext as _
from shared.web.problems import FieldError, sentence_of

LETTER = "isi:"


def day_of(form: Mapping[str, Any], name: str) -> date:
    """The day in a date field. Raises Refused with a sentence where there is none."""
    try:
        return date.fromisoformat(str(form.get(name, "")))
    except ValueError:
        raise Refused("date-unreadable", "Isi tanggal yang ada, misalnya 2026-02-17.", field=name) from None


def count_of(form: Mapping[str, Any], name: str) -> int:
    """The whole number in a field. Raises Refused with a sentence where there is none."""
    try:
        return int(str(form.get(name, "")).strip())
    except ValueError:
        raise Refused("count-unreadable", "Isi bilangan bulat, tanpa huruf.", field=name) from None


def text_of(form: Mapping[str, Any], name: str) -> str:
    return str(form.get(name, "")).strip()


def letter_fields(form: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a letter (`isi:<field>`) as they were typed."""
    return {name.removeprefix(LETTER): str(value) for name, value in form.items() if name.startswith(LETTER)}


def part_of(form: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """The fields of one of several forms on a page (`gubernur-carrier` → `carrier`)."""
    return {name.removeprefix(f"{prefix}-"): value for name, value in form.items() if name.startswith(f"{prefix}-")}


def not_in_the_future(day: date, today: date, name: str) -> date:
    """A day on which something was done already. Refuses days to come."""
    if day > today:
        raise Refused("day-to-come", "Tanggal ini belum terjadi.", field=name)
    return day


def errors_of(error: Refused | Conflict, places: Mapping[str, str]) -> tuple[FieldError, ...]:
    """A refusal beside the field of this form that it means; a conflict as a sentence on top."""
    if isinstance(error, Conflict):
        return (FieldError("", _("Dokumen ini berubah sejak Anda membukanya. Periksa lagi, lalu ulangi.")),)
    return (FieldError(places.get(error.field or "", error.field or ""), sentence_of(error)),)
