"""What the secret of an API token looks like, so that everybody knows one: scanners for secrets, the door,
and every text that is about to be recorded, where none must ever stand.

`jejak_`, 256 random bits in 43 letters and digits, and six more that check all before them. Role: pure, below
every rule about text. Sources: docs/decisions/0042-tokens.md.
"""

import re
import secrets
import zlib

PREFIX = "jejak_"
SUBJECT = "token:"
"""What the subject of a token begins with, where otherwise a person stands: no person's id holds a colon."""
_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM, _CHECK = 43, 6
_FORM = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{_RANDOM + _CHECK}}}")


def fresh() -> str:
    """A secret that nobody can have known before."""
    beginning = PREFIX + _written(secrets.randbits(256), _RANDOM)
    return beginning + _check(beginning)


def is_secret(text: str) -> bool:
    """Whether this is whole and rightly copied; what it opens, if anything, is another question."""
    return bool(_FORM.fullmatch(text)) and _check(text[:-_CHECK]) == text[-_CHECK:]


def holds_secret(text: str) -> bool:
    """Whether one stands anywhere in a text."""
    return PREFIX in text and any(is_secret(found[0]) for found in _FORM.finditer(text))


def is_token(subject: str) -> bool:
    """Whether who acts is a token, and no person."""
    return subject.startswith(SUBJECT)


def without_secrets(text: str) -> str:
    """The same text for a log line; also what is mistyped is nobody's business."""
    return _FORM.sub(f"{PREFIX}***", text) if PREFIX in text else text


def _check(text: str) -> str:
    return _written(zlib.crc32(text.encode()), _CHECK)


def _written(number: int, length: int) -> str:
    signs = ""
    for _place in range(length):
        number, sign = divmod(number, len(_SIGNS))
        signs = _SIGNS[sign] + signs
    return signs
