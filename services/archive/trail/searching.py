"""Searching the audit log: from what a person types to the words by which lines are found.

Every SOP step. Previous hop: `trail/pages.py`, `log/api.py`. Next hop: `queries.py`, with what is
looked for. Names are looked up when somebody asks: the full name of a person, an office or a service stands
for the ids that the lines hold.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.archive.search_words import folded, found_by_beginning, quoted, words_in
from services.archive.trail.event_words import WORDS
from shared.access.people import People
from shared.eventsourcing.sql import Connection
from shared.spm.catalogue import catalogues
from shared.web.words.i18n import gettext

MOST = 12
FEW = 6
"""A word that may stand for so many at most is asked of the index."""
BEGINNING, MEANINGS = 2, 40
"""From so many letters on a word is also the beginning of others; of so many at most."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_NIP = re.compile(r"(?<!\d)(\d{8}) ?(\d{6}) ?(\d) ?(\d{3})(?!\d)")
NOWHERE = quoted("-")
_BEGIN = b"SELECT word FROM leaf_word WHERE word >= %b AND word < %b ORDER BY word LIMIT %b"


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: for each word of the search line what stands for it, in a tsquery's spelling."""

    words: tuple[tuple[str, ...], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words)

    def within(self, stream: str) -> "Search":
        """The same in the events of one stream."""
        return Search(((quoted(f"v:{stream}"),), *self.words)) if stream and self.words else self

    @property
    def whole(self) -> str:
        """The tsquery of everything that a line must have."""
        return _tsquery(self.words)

    @property
    def by_index(self) -> str:
        """The tsquery by which lines are found before each is held against the whole: an index goes through
        all that may stand for a word for every line, so a name that many people begin with is left to the
        lines that the other words find.
        """
        few = [meant for meant in self.words if len(meant) <= FEW]
        return _tsquery(few or sorted(self.words, key=len)[:1])


async def search_for(conn: Connection, search: str, people: People) -> Search:
    """What a search line asks for: every word must be found, as a word or its beginning, in a name,
    or as a kind of event. Empty for none; signs alone are found nowhere.

    A beginning is looked up among the words of the log first:
    a tsquery that asks for one reads all lines that have any such word.
    """
    words = list(dict.fromkeys(words_in(_NIP.sub(r"\1\2\3\4", search))))[:MOST]
    if not words:
        return Search(((NOWHERE,),) if search.strip() else ())
    begun = {word: await _begun(conn, word) for word in words}
    return meant_by(begun, people)


def meant_by(words: Mapping[str, Iterable[str]], people: People) -> Search:
    """What words ask for, each with the words of the log that it may be the beginning of."""
    names = _names(people)
    return Search(
        tuple(tuple(dict.fromkeys(_alternatives(word, begun, names))) for word, begun in words.items())
    )


def _tsquery(words: Iterable[Sequence[str]]) -> str:
    return " & ".join(f"({' | '.join(meant)})" for meant in words)


async def _begun(conn: Connection, word: str) -> list[str]:
    if not found_by_beginning(word) or len(word) < BEGINNING:
        return []
    cursor = await conn.execute(_BEGIN, (word, f"{word}\U0010ffff", MEANINGS))
    return [row[0] for row in await cursor.fetchall()]


def _alternatives(word: str, begun: Iterable[str], names: Mapping[str, Iterable[str]]) -> Iterator[str]:
    yield quoted(word)
    yield from map(quoted, begun)
    if _YEAR.fullmatch(word):  # days are kept as days and months
        yield from (quoted(f"{word}-{month:02}") for month in range(1, 13))
    if number := _NIP.fullmatch(word):  # as somebody may have typed it into a text
        yield f"({' & '.join(map(quoted, number.groups()))})"
    begins = found_by_beginning(word) and len(word) >= BEGINNING
    for lexeme, spoken in names.items():
        if any(part == word or (begins and part.startswith(word)) for part in spoken):
            yield quoted(lexeme)


def _names(people: People) -> dict[str, tuple[str, ...]]:
    """Lexeme of an id → the words of its name."""
    known = {f"v:{person.id}": person.name for person in people.persons.values()}
    known |= {f"v:{agency}": name for agency, name in people.agencies.items()}
    for one in catalogues().values():  # whatever a service was ever called
        known |= {
            f"v:{service.id}": f"{known.get(f'v:{service.id}', '')} {service.name}"
            for service in one.services.values()
        }
    named = {lexeme: tuple(words_in(name)) for lexeme, name in known.items()}
    for person in people.persons.values():
        named[f"v:{person.id}"] += (re.sub(r"\D", "", person.nip),) if person.nip else ()
    for (_, kind), said in WORDS.items():
        lexeme = f"k:{kind}"
        named[lexeme] = (*named.get(lexeme, ()), *folded(f"{said} {gettext(said)}").split())
    return named
