"""How the sentences of an answer read on a page: persons, agencies and services by their names, days as
people write them.

Every SOP step. Previous hop: `pages.py`, with what `view.py` found. Next hop: the template.
"""

from collections.abc import Callable
from typing import Any

from services.archive.proof.answers.verifier_lines import UNREADABLE, Said
from services.archive.proof.answers.verifier_nine import as_logged, in_words
from services.archive.trail import field_values
from shared.access.people import People
from shared.web.words.calendar_words import calendar_version, calendar_words
from shared.web.words.i18n import language


def worded(people: People) -> Callable[[Said], str]:
    """How a sentence reads for whoever looks: persons, agencies and services by their names."""

    def show(name: str, value: Any) -> str:
        if name in {"people", "files"}:
            each = [people.name(one) if name == "people" else str(one) for one in value]
            return as_logged(name, each)
        if name == "calendar":
            return f"{field_values.lowered(calendar_words(value))}, {calendar_version(value)}"
        if value is None or value == "" or name in {"line", "place", "days", "revision", "size", "many"}:
            return as_logged(name, value)
        try:
            return field_values.plain((WRITTEN_AS.get(name, name),), value, people)
        except UNREADABLE:
            return as_logged(name, value)

    return lambda said: in_words(said, in_english=language.get() == "en", show=show)


WRITTEN_AS = {
    "day": "occurred_on",
    "due": "occurred_on",
    "planned": "occurred_on",
    "other": "digest",
    "root": "digest",
    "recipient": "text",
}
"""What a fact of an answer reads like."""
