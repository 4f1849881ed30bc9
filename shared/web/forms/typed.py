"""What a person typed into a form, as values: the text, day or whole number of a field,
or a sentence about it.

Serves every SOP step. Previous hop: a form. Next hop: the page's route, which builds a command;
the gate checks what is in it.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from shared.eventsourcing.commands.decider import Refused
from shared.web.forms.typed_days import day_in

_WHOLE = re.compile(r"-?[0-9]{1,18}")


def text_of(form: Mapping[str, Any], name: str) -> str:
    """The text of a field without spaces around it; nothing where it is missing, or a file."""
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def day_of(form: Mapping[str, Any], name: str) -> date:
    """The day in a date field. Raises Refused with a sentence where there is none."""
    found = day_in(text_of(form, name))
    if found is None:
        raise Refused(
            "date-unreadable", "Isi tanggal yang ada, misalnya 17 Feb 2026 atau 17/2/2026.", field=name
        )
    return found


def whole_of(form: Mapping[str, Any], name: str) -> int:
    """The whole number in a field. Raises Refused with a sentence where there is none."""
    text = text_of(form, name)
    if not _WHOLE.fullmatch(text):
        raise Refused("count-unreadable", "Isi bilangan bulat, tanpa huruf.", field=name)
    return int(text)
