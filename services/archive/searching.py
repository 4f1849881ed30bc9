"""Searching the audit log: from what a person types to the words by which lines are found.

Every SOP step. Previous hop: `log_pages.py`, `log_api.py`. Next hop: `queries.py`, with the text of a tsquery.
Names are looked up when somebody asks: the full name of a person, an office or a service stands for the ids that the lines hold.
"""

from collections.abc import Iterable, Iterator, Mapping

from services.archive.search_words import folded, quoted, words_in
from services.archive.wording import WORDS
from shared.access.people import People
from shared.spm.catalogue import catalogue
from shared.web.i18n import gettext

MOST = 12
_WHOLE_UP_TO = 8
"""A number is asked for as a whole; a longer one may be the beginning of a digest."""


def understood(search: str, people: People) -> str:
    """The tsquery of a search line: every word must be found, as a word, in a name, or as a kind of event. Empty for an empty line."""
    names = _names(people)
    words = list(dict.fromkeys(words_in(search)))[:MOST]
    return " & ".join(f"({' | '.join(_alternatives(word, names))})" for word in words)


def _alternatives(word: str, names: Mapping[str, Iterable[str]]) -> Iterator[str]:
    begins = not word[0].isdigit() or (word.isalnum() and len(word) >= _WHOLE_UP_TO)
    yield f"{quoted(word)}:*" if begins else quoted(word)
    for lexeme, spoken in names.items():
        if any(part == word or (begins and part.startswith(word)) for part in spoken):
            yield quoted(lexeme)


def _names(people: People) -> dict[str, tuple[str, ...]]:
    """Lexeme of an id → the words of its name."""
    known = {f"v:{person.id}": person.name for person in people.persons.values()}
    known |= {f"v:{agency}": name for agency, name in people.agencies.items()}
    known |= {f"v:{service.id}": service.name for service in catalogue().services.values()}
    named = {lexeme: tuple(words_in(name)) for lexeme, name in known.items()}
    for (_, kind), said in WORDS.items():
        lexeme = f"k:{kind}"
        named[lexeme] = (*named.get(lexeme, ()), *folded(f"{said} {gettext(said)}").split())
    return named
