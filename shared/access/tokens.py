"""API tokens as one process knows them: whose secret somebody shows, at which pace it may come, and for the
service that gives them, which secrets there are.

Role: between the door and the functions of `tokens.sql`, which alone know the tables. A use is asked there
each time, so that a token that was ended opens nothing at once; only one that comes too fast is sent away
from memory, so that its flood costs nobody else anything.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.access.session import Sessions, digest_of
from shared.contracts.secret_text import SUBJECT, fresh, is_secret

EVERY: Final = timedelta(milliseconds=200)
BURST: Final = 150
"""So fast a token may come for long (five a second), and so many at once after a pause."""
_RESTING = 1_000


class TokenRefused(Exception):
    """What was shown opens nothing here. `mistyped`: it cannot have been a token of anybody."""

    def __init__(self, *, mistyped: bool = False) -> None:
        super().__init__("mistyped" if mistyped else "unknown, ended or expired")
        self.mistyped = mistyped


class TooFast(Exception):
    """The token comes faster than it may; `wait` is after how many seconds it may again."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"{wait:.1f} s")
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Token:
    """A token in force: the office of `holder` that it is lent."""

    token: str
    holder: str
    role: str
    agency: str
    ends_at: datetime

    @property
    def subject(self) -> str:
        """Who acts, where otherwise a person stands."""
        return SUBJECT + self.token


class Tokens:
    """Every question raises AccessAway where the database does not answer."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._resting: dict[bytes, float] = {}

    async def use(self, secret: str) -> Token:
        """The token of this secret. Raises TokenRefused, TooFast."""
        if not is_secret(secret):
            raise TokenRefused(mistyped=True)
        digest, now = digest_of(secret), time.monotonic()
        if (until := self._resting.get(digest, now)) > now:
            raise TooFast(until - now)
        values = (digest, EVERY, BURST)
        row = await self._sessions.ask(b"SELECT * FROM use_token(%s, %s, %s)", values)
        if row is None:
            raise TokenRefused
        *said, wait = row
        if wait > timedelta(0):
            if len(self._resting) >= _RESTING:
                self._resting.clear()
            self._resting[digest] = now + wait.total_seconds()
            raise TooFast(wait.total_seconds())
        return Token(*said)

    async def keep(self, token: Token, number: int) -> str | None:
        """A new secret of this token, shown once; None where one of this number was made already."""
        secret = fresh()
        values = (token.token, number, digest_of(secret), token.holder, token.role, token.agency)
        question = b"SELECT keep_token(%s, %s, %s, %s, %s, %s, %s)"
        row = await self._sessions.ask(question, (*values, token.ends_at))
        return secret if row and row[0] else None

    async def kept(self) -> Mapping[str, tuple[int, datetime | None]]:
        """The number of each token's secret, and when it was used last."""
        rows = await self._sessions.ask_all(b"SELECT token, number, used_at FROM tokens_kept()", ())
        return {token: (number, used_at) for token, number, used_at in rows}

    async def drop(self, numbers: Mapping[str, int]) -> None:
        """No secret of these tokens opens anything whose number is smaller."""
        values: Sequence[object] = (list(numbers), list(numbers.values()))
        await self._sessions.ask(b"SELECT drop_tokens(%s::text[], %s::integer[])", values)
