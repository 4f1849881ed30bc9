"""The words by which a line of the audit log is found, and how a search line is cut into the same words.

Every SOP step. Previous hop: `log/leaf.py`, which asks for the words of a line as it is logged.
Next hop: `trail/searching.py`, which asks for them again. One way of cutting for both sides: whatever a
number or a day looks like in a line or on a page, it becomes the same word. Pure.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Any

from services.archive import streams
from services.archive.states import states_of, word_of
from shared.clock import WIB
from shared.contracts.correction import apart
from shared.contracts.secret_text import is_token

LONGEST, MOST = 48, 3_000
PERSON, PROGRAM, SYSTEM = "person", "program", "system"
BLOCK_BITS = 14
"""Lines whose index has the same upper bits share a word `b:…`:
a search asks one block after the other, the newest first, and stops early.
"""

_MONTHS = (
    ("januari", "jan", "january"), ("februari", "feb", "february"), ("maret", "mar", "march"),
    ("april", "apr"), ("mei", "may"),
    ("juni", "jun", "june"), ("juli", "jul", "july"), ("agustus", "agu", "agt", "aug", "august"),
    ("september", "sep"),
    ("oktober", "okt", "oct", "october"), ("november", "nov"), ("desember", "des", "dec", "december"),
)  # fmt: skip
MONTHS: Mapping[str, int] = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_NOISE = re.compile(
    r"\brp\.?\s*(?=\d)|\b\d{1,2}[.:]\d{2}\s*wib\b|"
    r"\b(?:sen|sel|rab|kam|jum|sab|min|mon|tue|wed|thu|fri|sat|sun)\w*, "
)
_PIECE = re.compile(
    r"(?<!\d)(?P<iso>\d{4}-\d\d-\d\d)(?!\d)"
    rf"|(?<!\d)(?P<day>\d{{1,2}})[ /.-](?P<month>\d{{1,2}}|{_MONTH})[ /.-](?P<year>\d{{4}})(?!\d)"
    rf"|\b(?P<named>{_MONTH}) (?P<its_year>\d{{4}})(?!\d)"
    r"|(?<![^\W_])(?P<grouped>\d{1,3}(?:[.,]\d{3})+)(?P<cents>[.,]\d+)?(?![^\W_])"
    r"|(?<![^\W_])(?P<whole>\d+)[.,](?P<rest>\d+)(?![^\W_])"
    r"|(?P<word>[^\W_]+)"
)
_NUMBERED = re.compile(r"_[0-9]+$")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_REMEMBERED = 200
_ID = re.compile(r"[a-z0-9][a-z0-9_.:-]{0,59}")


def folded(text: str) -> str:
    """Text without case and accents."""
    return "".join(
        sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign)
    )


def words_in(text: str) -> Iterator[str]:
    """The words of a text: `4.074` and `4074` are one, `12 Maret 2027`,
    `12/03/2027` and `2027-03-12` are one.
    """
    for piece in _PIECE.finditer(_NOISE.sub(" ", folded(text))):
        yield _read(piece)[:LONGEST]


def _read(piece: re.Match[str]) -> str:
    groups = piece.groupdict()
    if groups["day"]:
        month = MONTHS.get(groups["month"]) or int(groups["month"])
        return f"{groups['year']}-{month:02}-{int(groups['day']):02}"
    if groups["named"]:
        return f"{groups['its_year']}-{MONTHS[groups['named']]:02}"
    if groups["grouped"]:
        return _number(re.sub(r"\D", "", groups["grouped"]), (groups["cents"] or "")[1:])
    if groups["whole"]:
        return _number(groups["whole"], groups["rest"])
    return piece[0]


def _number(whole: str, rest: str) -> str:
    tail = rest.rstrip("0")
    return f"{whole}.{tail}" if tail else whole


def block(index: int) -> str:
    """The word of the block in which the line at `index` stands."""
    return f"b:{index >> BLOCK_BITS}"


def of_region(region: str) -> str:
    """The word of every line of a region."""
    return f"g:{region}"


def found_by_beginning(word: str) -> bool:
    """Whether a word may be asked for by its beginning: no number, no day, no id."""
    return word[1:2] != ":" and any(map(str.isalpha, word))


def words_of_event(event: Mapping[str, Any]) -> frozenset[str]:
    """All words of an event as its line says it: of its values, its names, its day;
    ids whole under `v:`, its kind under `k:`.
    """
    actor = event["metadata"].get("actor", {})
    named = [
        event["stream"],
        event["type"],
        event["source"],
        event["case_id"],
        actor.get("person", ""),
        actor.get("agency", ""),
    ]
    found: set[str] = {f"k:{event['type']}", *exact_words(event)}
    for text in chain(named, [_local_day(event["recorded_at"])], _texts(event["data"], [])):
        if len(found) > MOST:
            break
        found.update(_words_of(text) if len(text) <= _REMEMBERED else _words_of.__wrapped__(text))
    return frozenset(found)


def exact_words(event: Mapping[str, Any]) -> Iterator[str]:
    """The words by which a field of the search finds an event, and nothing else: who did it (`a:`), of which
    agency it is (`o:`), whether a person, a program or Jejak itself did it (`m:`), of which document it is
    (`d:`); and the states that it sets (`s:`), by which what it changed is found.
    """
    actor, data = event["metadata"].get("actor", {}), event["data"]
    person = str(actor.get("person", ""))
    agency = str(data.get("agency") or actor.get("agency", ""))
    yield from (f"{mark}:{one[:LONGEST]}" for mark, one in (("a", person), ("o", agency)) if one)
    yield f"m:{kind_of_actor(person)}"
    yield from (f"d:{one[:LONGEST]}" for one in _documents(event["stream"], data))
    for state in states_of(event):
        yield word_of(event["source"], event["stream"], state)


def kind_of_actor(person: str) -> str:
    """Whether a person did something (PERSON), a program by its token (PROGRAM), or Jejak (SYSTEM); no
    person's id holds a colon.
    """
    if is_token(person):
        return PROGRAM
    return PERSON if person and ":" not in person else SYSTEM


def _documents(stream: str, data: Mapping[str, Any]) -> set[str]:
    """The kinds of the documents that an event is about: those of a correction, and each revision that was
    handed over, are of the same kind.
    """
    item = data.get("item")
    of_item = item.get("document") if isinstance(item, Mapping) else item
    named = (str(one or "") for one in (stream, data.get("document"), of_item))
    kinds = (streams.about(one) if one.startswith("document-") else one for one in named)
    return {_NUMBERED.sub("", apart(kind)[0]) for kind in kinds if kind and "-" not in kind}


@lru_cache(maxsize=8192)
def _words_of(text: str) -> tuple[str, ...]:
    """All words of one value: those in it, the months of its days, and itself where it is an id. Remembered,
    because names, codes and sources of data come again and again.
    """
    if text.isdecimal() and text.isascii() and len(text) <= LONGEST:
        return text, f"v:{text}"
    found = [word for word in words_in(text) if word]
    found += [word[:7] for word in found if _DAY.fullmatch(word)]
    return (*found, f"v:{text}") if _ID.fullmatch(text) else tuple(found)


def _texts(value: Any, found: list[str]) -> list[str]:
    """The values of decoded JSON as texts, added to those that were found."""
    if isinstance(value, str):
        found.append(value)
    elif isinstance(value, dict):
        for inner in value.values():
            _texts(inner, found)
    elif isinstance(value, list):
        for inner in value:
            _texts(inner, found)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        found.append(str(value))
    return found


def _local_day(recorded_at: str) -> str:
    return datetime.fromisoformat(recorded_at).astimezone(WIB).date().isoformat()


def tsvector_of(words: Iterable[str]) -> str:
    """Words as the text of a tsvector."""
    text = "' '".join(sorted(words))
    if "\\" in text or text.count("'") != 2 * text.count("' '"):
        return " ".join(quoted(word) for word in sorted(words))
    return f"'{text}'" if text else ""


def quoted(word: str) -> str:
    """A word as tsvector and tsquery write it."""
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
