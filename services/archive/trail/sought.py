"""The fields of the search: what somebody typed or chose in each, and the words by which the index finds it.

Every SOP step. Previous hop: `trail/pages.py`, `trail/api.py`. Next hop: `trail/queries.py`. What nobody
knows finds nothing; a day that is none is said, and finds nothing too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Request

from services.archive.search_words import PERSON, PROGRAM, SYSTEM, kind_of_actor, quoted, words_in
from services.archive.trail.event_words import WORDS, words_of
from services.archive.trail.searching import NOWHERE, Search, search_for
from shared.access.people import People
from shared.eventsourcing.sql import Connection
from shared.service_names import SERVICES
from shared.sop.document_kinds import document_kinds
from shared.web.forms.fields import Name, Short
from shared.web.forms.typed_days import day_in
from shared.web.problems.shape import FieldError
from shared.web.regions import people_in_sight
from shared.web.running import today_of
from shared.web.words import document_words
from shared.web.words.i18n import gettext, later

EARLIEST = date(2018, 1, 1)
"""Before it no SPM was reported, so that nothing is looked for."""
NO_DAY = later("Bukan tanggal; tulis misalnya 17 Feb 2026 atau 17/2/2026.")
ACTORS: Mapping[str, str] = {
    PERSON: later("orang"),
    PROGRAM: later("program (token)"),
    SYSTEM: later("otomatis, oleh Jejak"),
}
"""Who did something, as it is told."""
Choices = Sequence[tuple[str, str]]
"""What may be chosen: as it stands in the address, and in words."""


@dataclass(frozen=True, slots=True)
class Sought:
    """As it stands in the address of the page, and under these names. `alur`: a stream."""

    cari: str = ""
    oleh: str = ""
    opd: str = ""
    naskah: str = ""
    nilai: str = ""
    jenis: str = ""
    sejak: str = ""
    hingga: str = ""
    pelaku: str = ""
    alur: str = ""

    def __bool__(self) -> bool:
        return bool(self.said)

    @property
    def said(self) -> Mapping[str, str]:
        """The fields in which something stands."""
        values = ((field.name, str(getattr(self, field.name))) for field in fields(self))
        return {name: value for name, value in values if value.strip()}

    @property
    def narrowed(self) -> bool:
        """Whether anything stands in the fields beside the line."""
        return bool(self.said.keys() - {"cari", "alur"})

    @property
    def query(self) -> str:
        """What was asked, for an address."""
        return urlencode(self.said)

    @property
    def unreadable(self) -> Sequence[str]:
        """The fields of days in which no day stands."""
        days = (("sejak", self.sejak), ("hingga", self.hingga))
        return [name for name, text in days if text.strip() and day_in(text) is None]


def sought(
    cari: Name = "",
    oleh: Name = "",
    opd: Short = "",
    naskah: Short = "",
    nilai: Short = "",
    jenis: Short = "",
    sejak: Short = "",
    hingga: Short = "",
    pelaku: Short = "",
    alur: Name = "",
) -> Sought:
    """What the address of the page asks."""
    return Sought(cari, oleh, opd, naskah, nilai, jenis, sejak, hingga, pelaku, alur)


def asked_by_program(
    search: Name = "",
    by: Name = "",
    agency: Short = "",
    document: Short = "",
    number: Short = "",
    kind: Short = "",
    since: Short = "",
    until: Short = "",
    actor: Short = "",
    stream: Name = "",
) -> Sought:
    """The same as a program asks it."""
    return Sought(search, by, agency, document, number, kind, since, until, actor, stream)


OfPage = Annotated[Sought, Depends(sought)]
OfProgram = Annotated[Sought, Depends(asked_by_program)]


def form_of(asked: Sought, request: Request) -> Mapping[str, Any]:
    """What the form of the search shows, and who a line is told to be of."""
    return {
        "asked": asked,
        "unreadable": [FieldError(name, gettext(NO_DAY)) for name in asked.unreadable],
        "choices": {
            "agencies": agencies(people_in_sight(request)),
            "documents": documents(),
            "kinds": kinds(),
            "actors": actors(),
        },
        "actor_of": lambda row: kind_of_actor(row["person"]),
    }


async def searched(conn: Connection, asked: Sought, request: Request) -> Search:
    """What is looked for, each field beside the others: all must be found."""
    people, today = people_in_sight(request), today_of(request)
    line = await search_for(conn, asked.cari, people)
    return Search((*line.words, *_exact(asked, people, today)))


def _exact(asked: Sought, people: People, today: date) -> Iterator[tuple[str, ...]]:
    """For each field that says something what stands for it in the index."""
    if asked.oleh.strip():
        yield _found(f"a:{one}" for one in persons(asked.oleh, people))
    for mark, chosen in (("o", asked.opd), ("d", asked.naskah), ("k", asked.jenis), ("m", asked.pelaku)):
        if chosen.strip():
            yield (quoted(f"{mark}:{chosen.strip()}"),)
    if asked.nilai.strip():
        yield from ((quoted(word),) for word in list(words_in(asked.nilai))[:4] or ["-"])
    if asked.sejak.strip() or asked.hingga.strip():
        yield _found(days(asked, today))


def _found(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(quoted, words)) or (NOWHERE,)


def persons(typed: str, people: People) -> Sequence[str]:
    """The ids of those whose name has all these words or their beginnings, whose number it is, or who is
    called so: a person or a token.
    """
    said, digits = list(words_in(typed)), "".join(typed.split())
    found = [
        person.id
        for person in people.persons.values()
        if (person.nip and person.nip == digits) or _named(said, f"{person.name} {person.id}")
    ]
    return list(dict.fromkeys([*found, digits.casefold()]))


def _named(said: Sequence[str], name: str) -> bool:
    parts = list(words_in(name))
    return bool(said) and all(any(part.startswith(word) for part in parts) for word in said)


def days(asked: Sought, today: date) -> Sequence[str]:
    """The words of all days between both, whole months by one word each; none where there is no such day."""
    if asked.unreadable:
        return []
    first = max(day_in(asked.sejak) or EARLIEST, EARLIEST)
    last = day_in(asked.hingga) or max(today, first)
    found = list[str]()
    while first <= last and first.year <= today.year + 10:
        after = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        whole = first.day == 1 and after - timedelta(days=1) <= last
        found.append(first.isoformat()[: 7 if whole else 10])
        first = after if whole else first + timedelta(days=1)
    return found


def kinds() -> Sequence[tuple[str, Choices]]:
    """The kinds of events in words, by service."""
    found: dict[str, list[tuple[str, str]]] = {service: [] for service in SERVICES}
    for source, kind in WORDS:
        found[source].append((kind, words_of(source, kind)))
    return [(service, sorted(choices, key=_word)) for service, choices in found.items()]


def documents() -> Choices:
    """What events are about: letters, the report, and what lies on the shelf beside them."""
    known = document_kinds()
    return [
        (one, document_words.named(one) or one)
        for one in (*known.kind, *known.receipts, *document_words.SHELF)
    ]


def agencies(people: People) -> Choices:
    return sorted(people.agencies.items(), key=_word)


def actors() -> Choices:
    return [(actor, gettext(said)) for actor, said in ACTORS.items()]


def _word(choice: tuple[str, str]) -> str:
    return choice[1].casefold()
