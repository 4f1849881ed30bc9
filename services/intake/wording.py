"""How rows of the read models read for a person: names instead of ids, dates as written here,
in the language of the request.

Serves the pages of every SOP step. Previous hop: `queries.py`. Next hop: the templates.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from fastapi import Request

from services.intake.timeline import ENTRIES
from shared.access.people import People
from shared.contracts.registry import declared
from shared.spm.catalogue import named
from shared.web.regions import region_of_request
from shared.web.running import running_of
from shared.web.words import document_words
from shared.web.words.field_words import FIELD_WORDS
from shared.web.words.formats import day
from shared.web.words.i18n import gettext, later

SENTENCES: Mapping[tuple[str, str], str] = {
    (declared(event).producer, declared(event).name): entry.sentence for event, entry in ENTRIES.items()
}
PARTS: Mapping[str, str] = {
    "report-endorsed": later("pengesahan laporan"),
    "all-submissions-approved": later("semua isian disetujui"),
    "cycle-archived": later("arsip ditutup"),
}


class Wording:
    """Fills sentences in with the names that a region knows."""

    def __init__(self, people: People, region: str) -> None:
        self.people, self.here = people, people.of(region)

    def who(self, person: str) -> str:
        """A person's name."""
        return self.people.name(person)

    def happened(self, row: Mapping[str, Any]) -> str:
        """The sentence of a timeline row."""
        facts = {name: self.fact(name, value) for name, value in row["facts"].items()}
        sentence = SENTENCES[row["source"], row["what"]]
        return gettext(sentence).format(**facts)

    def part(self, name: str) -> str:
        """One of the things that a step waits for."""
        return (
            gettext(PARTS[name])
            if name in PARTS
            else document_words.named(name) or self.here.agency_name(name)
        )

    def parts(self, names: Iterable[str]) -> str:
        """Several of them."""
        return ", ".join(self.part(name) for name in names)

    def fact(self, name: str, value: Any) -> str:
        """A fact of a sentence, by its name: names instead of ids."""
        known: Mapping[str, Callable[[Any], str]] = {
            "agency": self.here.agency_name,
            "by": self.who,
            "day": day,
            "due": day,
            "part": self.part,
            "services": lambda names: ", ".join(map(service_name, names)),
            "mended": lambda name: gettext(FIELD_WORDS[name]),
            "before": as_written,
            "after": as_written,
            "document": document_words.draft,
            "recipients": lambda names: ", ".join(map(document_words.recipient, names)),
            "recipient": document_words.recipient,
        }
        return known[name](value) if name in known else str(value)


def as_written(value: str) -> str:
    """What stood in a record: a day as days are written, and what is empty as a dash."""
    try:
        return day(date.fromisoformat(value))
    except ValueError:
        return value or "–"


def service_name(name: str) -> str:
    """A basic service as it is called; one that no catalogue knows by its id."""
    service = named(name)
    return service.name if service else name


def words_of(request: Request) -> Wording:
    """The words of the region that this request shows."""
    return Wording(running_of(request).people, region_of_request(request))
