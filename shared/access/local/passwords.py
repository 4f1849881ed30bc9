"""Passwords: which may be chosen, and how they are kept.

NIST SP 800-63B §3.1.1: length counts, no rule of composition; refused is what is common, leaked, or easily
thought of for this person. Kept is argon2id with the parameters of RFC 9106 (second recommendation),
hashed a few at a time. `common_passwords.txt`: of the 49,233 most used of leaked passwords in
@zxcvbn-ts/language-common 4.1.3 (MIT; Wheeler's list) the first 20,000 and all of twelve characters and
more, beside the Indonesian words of the list "Indonesian, top 150" of Pwdb (SecLists, MIT).
"""

import asyncio
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from shared.sentences import later

SHORTEST, LONGEST = 12, 128
HASHER: Final = PasswordHasher(
    time_cost=3, memory_cost=64 * 1024, parallelism=4, hash_len=32, salt_len=16, type=Type.ID
)
AT_ONCE: Final = 2
"""So many are hashed at once in one process, for known browsers and for all others each: 64 MiB a hash."""
OURS: Final = ("jejak", "spm", "pemkab", "kabupaten", "password", "katasandi", "rahasia", "indonesia")
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_WORD = re.compile(r"[^\W_]{4,}")


class WeakPassword(Exception):
    """A password that may not be chosen; the sentence says why."""

    def __init__(self, sentence: str, **facts: object) -> None:
        super().__init__(sentence.format(**facts))
        self.sentence, self.facts = sentence, facts


def prepared(typed: str) -> str:
    """The password as it is compared, however a keyboard composed it (RFC 8265, OpaqueString): every space is
    one sign, letters with marks are one character.
    """
    return unicodedata.normalize(
        "NFC", "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in typed)
    )


def fits(password: str) -> bool:
    """Whether it may be a password at all; what does not is never given to argon2."""
    return 0 < len(password) <= LONGEST


def check(password: str, personal: Iterable[str] = ()) -> None:
    """Raises WeakPassword for one that may not be chosen; `personal` is what is known of the person."""
    if len(password) < SHORTEST:
        raise WeakPassword(
            later("Kata sandi paling sedikit {least} karakter; kalimat pendek juga boleh."), least=SHORTEST
        )
    if len(password) > LONGEST:
        raise WeakPassword(later("Kata sandi paling banyak {most} karakter."), most=LONGEST)
    if any(unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co", "Cn"} for sign in password):
        raise WeakPassword(later("Kata sandi memuat tanda yang tidak terlihat."))
    folded = _folded(password)
    for word in _words(personal):
        if word in folded:
            raise WeakPassword(later("Kata sandi memuat {word}, yang diketahui tentang Anda."), word=word)
    if _is_monotonous(folded) or _is_common(folded):
        raise WeakPassword(
            later("Kata sandi ini termasuk yang paling sering dipakai atau pernah bocor. Pilih yang lain.")
        )


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _words(personal: Iterable[str]) -> list[str]:
    return [word for text in personal for word in _WORD.findall(_folded(text))]


def _is_monotonous(folded: str) -> bool:
    """Few signs again and again, a piece of four signs at most repeated, or a row like 123456789abc."""
    if len(set(folded)) < 5:
        return True
    if any(folded == (folded[:size] * len(folded))[: len(folded)] for size in (1, 2, 3, 4, 5, 6)):
        return True
    steps = sum(abs(ord(after) - ord(before)) <= 1 for before, after in pairwise(folded))
    return steps >= len(folded) - 3


def _is_common(folded: str) -> bool:
    """A known one, also with digits and signs around it, twice in a row, or two of them side by side."""
    known, bare = _common(), _EDGES.sub("", folded)
    pieces = {folded, bare, folded.replace(" ", "")}
    if pieces & known or any(word in OURS for word in pieces):
        return True
    return any(
        len(rest) < 4 or rest in known or not re.search(r"[^\W\d_]", rest)
        for size in range(5, len(bare) + 1)
        if (bare[:size] in known or bare[:size] in OURS)
        for rest in (bare[size:],)
    )


@cache
def _common() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").split())


class Hashing:
    """Hashes a few at a time and never in the way of others; known browsers have a lane of their own.
    `nobody` is compared where there is no account, so that it takes as long.
    """

    def __init__(self) -> None:
        self.nobody: Final = HASHER.hash("nobody has this password")
        self._lanes = {lane: asyncio.Semaphore(AT_ONCE) for lane in (True, False)}

    async def hash(self, password: str) -> str:
        async with self._lanes[True]:
            return await asyncio.to_thread(HASHER.hash, password)

    async def matches(self, kept: str, password: str, *, known: bool) -> bool:
        """Whether the password is the one that was kept; takes as long where none was (`nobody`)."""
        async with self._lanes[known]:
            return await asyncio.to_thread(_matches, kept, password)


def _matches(kept: str, password: str) -> bool:
    try:
        return HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether it was hashed with other parameters than those of today."""
    return HASHER.check_needs_rehash(kept)
