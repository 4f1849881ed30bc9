"""What a problem is, what is said beside a field, and the two problems that a route raises itself.

An event's way, hop 1. Previous hop: `answering.py`, a route, or a page that shows its form again.
Next hop: `middleware/answers.py`, which gives it as JSON or as a page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import Conflict
from shared.web.running import facts
from shared.web.words import document_words
from shared.web.words.formats import day
from shared.web.words.i18n import gettext as _

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:jejak:problem:"


class NotFound(Exception):
    """There is nothing here that this person may see; whether it exists is not said."""


class FileDamaged(Exception):
    """The store has this file no more as it was: its bytes are others, or it cannot read them."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field to mend: its name as in the request (`figure.served`),
    and a sentence that says what to do. `page`: where the field stands, if not on the page that says so.
    """

    field: str
    sentence: str
    page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`code` is stable and ends the type URI; `more` are further members of the JSON."""

    status: int
    code: str
    title: str
    detail: str
    errors: tuple[FieldError, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self, instance: str, request: str = "") -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": f"{TYPE}{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if instance:
            body["instance"] = instance
        if request:
            body["request"] = request
        if self.errors:
            body["errors"] = [{"field": error.field, "detail": error.sentence} for error in self.errors]
        return {**body, **self.more}


def sentence_of(error: Refused) -> str:
    """The sentence of a refusal in the language of this request."""
    try:
        return _(error.sentence).format(**_told(error))
    except (KeyError, IndexError, ValueError):
        return str(error)


def _told(error: Refused) -> Mapping[str, str]:
    """The facts of a refusal as people say them: a day as officials write it, a dispatch by whom it goes
    to.
    """
    days = {name: day(value) for name, value in error.facts.items() if isinstance(value, date)}
    ways = {
        name: document_words.named(str(value)) or str(value)
        for name, value in error.facts.items()
        if name == "dispatch"
    }
    return {**facts(error.facts), **days, **ways}


def field_errors(
    error: Refused | Conflict, places: Mapping[str, str], changed: str
) -> tuple[FieldError, ...]:
    """A refusal beside the field that it means, by its name in the form (`places`, else its own);
    a conflict as the sentence `changed` on top.
    """
    if isinstance(error, Conflict):
        return (FieldError("", changed),)
    return (FieldError(places.get(error.field or "", error.field or ""), sentence_of(error)),)
