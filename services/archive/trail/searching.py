"""Searching the audit log: from what a person types to the words by which lines are found.

Every SOP step. Previous hop: `trail/pages.py`, `log/api.py`. Next hop: `queries.py`, with the text of a
tsquery. Names are looked up when somebody asks: the full name of a person, an office or a service stands for
the ids that the lines hold.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from services.archive.search_words import folded, found_by_beginning, quoted, words_in
from services.archive.trail.event_words import WORDS
from shared.access.people import People
from shared.eventsourcing.sql import Connection
from shared.spm.catalogue import catalogues
from shared.web.words.i18n import gettext

MOST = 12
BEGINNING, MEANINGS = 2, 40
"""From so many letters on a word is also the beginning of others; of so many at most."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_NIP = re.compile(r"(?<!\d)(\d{8}) ?(\d{6}) ?(\d) ?(\d{3})(?!\d)")
_NOWHERE = quoted("-")
_BEGIN = b"SELECT word FROM leaf_word WHERE word >= %b AND word < %b ORDER BY word LIMIT %b"


async def tsquery_for(conn: Connection, search: str, people: People) -> str:
    """The tsquery of a search line: every word must be found, as a word or its beginning, in a name,
    or as a kind of event. Empty for none; signs alone are found nowhere.

    A beginning is looked up among the words of the log first:
    a tsquery that asks for one reads all lines that have any such word.
    """
    words = list(dict.fromkeys(words_in(_NIP.sub(r"\1\2\3\4", search))))[:MOST]
    if not words:
        return _NOWHERE if search.strip() else ""
    begun = {word: await _begun(conn, word) for word in words}
    return tsquery_of(begun, people)


def tsquery_of(words: Mapping[str, Iterable[str]], people: People) -> str:
    """The tsquery for words, each with the words of the log that it may be the beginning of."""
    names = _names(people)
    return " & ".join(
        f"({' | '.join(dict.fromkeys(_alternatives(word, begun, names)))})" for word, begun in words.items()
    )


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
