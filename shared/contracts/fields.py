"""What a field may hold, said where the field is declared:
`reason: Prose`, `planned: Mapping[str, PlannedDay]`.

One rule of text, whole numbers and days for commands, values and requests. Used by
`shared.eventsourcing.commands.gate`, which checks every command, and by `shared.web.text`, which checks every
request by the same functions. Sources: docs/decisions/0018-one-gate-before-every-decision.md.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.secret_text import holds_secret
from shared.contracts.signs.printable import unprintable

INT64 = 2**63
SHORT, NAME, LINE, PROSE = 60, 200, 2000, 4000
STORM = 4  # marks on one letter: Arabic and Vietnamese need three
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    chr(code) for code in range(0xFE00, 0xFE10)
}
_LINE_ENDS = re.compile(r"\r\n?")


@dataclass(frozen=True, slots=True)
class Text:
    """Text of at most `longest` characters; with `lines` it may hold line breaks and tabs;
    `pattern` must match all of it. `printed`: it stands in a letter or in the report, so that it holds only
    signs that their fonts have.
    """

    longest: int = LINE
    lines: bool = False
    pattern: str = ""
    printed: bool = False


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from `least` to `most`, both inclusive."""

    least: int = 1 - INT64
    most: int = INT64 - 1


@dataclass(frozen=True, slots=True)
class Day:
    """`act`: something happened on it, so it is over or today, and not long before its case.
    `planned`: it may lie ahead, within reason.
    """

    kind: Literal["act", "planned"] = "act"


class NotPlain(ValueError):
    """Text that holds what no text of ours may hold; `code` and `facts` say what, for the sentence."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def plain(text: str, rule: Text) -> str:
    """The text as it is kept: Unicode NFC, every line break one character. Raises NotPlain.

    Refused: control characters, halves of surrogate pairs, signs that are no characters or turn the reading
    direction, line separators, more than four marks on a letter, more characters than the rule allows, and
    the secret of an API token: what is recorded stays, and is sent to everybody who listens.
    Text in which there is nothing to see is no text: it is kept as empty.
    """
    if len(text) > rule.longest * 2:  # before anything that takes time; NFC never makes half of it
        raise NotPlain("text-too-long", longest=rule.longest)
    if holds_secret(text):
        raise NotPlain("text-secret")
    if rule.lines:
        text = _LINE_ENDS.sub("\n", text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", _composed(text))
    elif text.isprintable():
        return _fitting(text, rule)
    for sign in text:
        if not sign.isprintable() and not (rule.lines and sign in "\n\t") and _is_foreign(sign):
            raise NotPlain("text-not-plain", sign=f"U+{ord(sign):04X}")
    return _fitting(text, rule)


def _fitting(text: str, rule: Text) -> str:
    if len(text) > rule.longest:
        raise NotPlain("text-too-long", longest=rule.longest)
    if all(_is_unseen(sign) for sign in text):
        text = ""
    if rule.printed and (glyph := unprintable(text)):
        raise NotPlain("glyph-missing", glyph=glyph)
    if rule.pattern and not re.fullmatch(rule.pattern, text, re.ASCII):
        raise NotPlain("text-malformed")
    return text


def _composed(text: str) -> str:
    """The text itself, after a look at the marks. Raises NotPlain for a letter under a storm of them."""
    run = 0
    for sign in text:
        run = run + 1 if unicodedata.combining(sign) else 0
        if run > STORM:
            raise NotPlain("text-not-plain", sign=f"U+{ord(sign):04X}")
    return text


def _is_foreign(sign: str) -> bool:
    """Spaces of every kind, soft hyphens, joiners and bullets of a font are harmless;
    what cannot be stored or trusted is not.
    """
    no_character = ord(sign) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(sign) <= 0xFDEF
    return no_character or sign in _TURNING or unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"}


def _is_unseen(sign: str) -> bool:
    """Spaces of every kind, what joins or parts letters, and the letters that scripts have for nothing."""
    return sign in _UNSEEN or unicodedata.category(sign) in {"Zs", "Cf", "Cc"}


Short = Annotated[str, Text(SHORT)]
Name = Annotated[str, Text(NAME)]
Prose = Annotated[str, Text(PROSE, lines=True)]
PrintedName = Annotated[str, Text(NAME, printed=True)]
PrintedProse = Annotated[str, Text(PROSE, lines=True, printed=True)]
Id = Annotated[str, Text(SHORT, pattern=r"[a-z0-9][a-z0-9_.-]*")]
Key = Annotated[str, Text(NAME, pattern=r"[a-z0-9][a-z0-9_.-]*")]
"""The name of a stream, or of a place in one: cycle, agency and period in a row."""
CycleId = Annotated[str, Text(9, pattern=r"[0-9]{4}-[0-9]{4}")]
StepKey = Annotated[str, Text(40, pattern=r"[a-z][a-z_]*")]
Digest = Annotated[str, Text(64, pattern=r"[0-9a-f]{64}")]
Person = Annotated[str, Text(SHORT, pattern=r"[a-z0-9][a-z0-9_.:-]*")]
MediaType = Annotated[str, Text(NAME, pattern=r"[\x21-\x7e][\x20-\x7e]*")]
PlannedDay = Annotated[date, Day("planned")]
Amount = Annotated[int, Whole(-(10**15), 10**15)]
"""People or rupiah; whether it may be less than nothing is for the rules to say, with their own sentence."""
Small = Annotated[int, Whole(0, 10_000)]
Region = Annotated[str, Text(4, pattern=r"[0-9]{4}")]
Year = Annotated[int, Whole(2000, 2100)]
Origin = Annotated[str, Text(500)]
Place = Annotated[str, Text(120)]
"""One cell of a figure (`served`, `quality.<item>.required`); empty: the whole row."""
