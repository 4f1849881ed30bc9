"""The secrets of local accounts in the database of sessions, as the service that signs people in may touch
them.

Role: between signing in and the functions of `secrets.sql`, which alone know the tables. Whether what
stands there counts, the account's stream says: everything carries the number of its invitation.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from shared.access.session import Sessions

LINK_LASTS = timedelta(days=3)
TICKET_LASTS = timedelta(minutes=10)
Purpose = Literal["second", "enrol", "passkey-new", "passkey-in"]


@dataclass(frozen=True, slots=True)
class Password:
    number: int
    hash: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """A second factor: `totp` is the shared key of codes, empty for a passkey."""

    factor: str
    totp: str = field(default="", repr=False)
    credential: bytes = b""
    public_key: bytes = b""
    sign_count: int = 0


@dataclass(frozen=True, slots=True)
class Ticket:
    person: str
    content: str = field(repr=False)


def digest_of(secret: str) -> bytes:
    """What the database knows of a link or a ticket."""
    return hashlib.sha256(secret.encode()).digest()


class Vault:
    """Every question raises AccessAway where the database does not answer."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def invite(self, person: str, number: int) -> str | None:
        """What the link of this invitation holds, from now on the person's only one; None where a newer one
        is, or this one was used already.
        """
        secret = secrets.token_urlsafe(32)
        kept = await self._ask("keep_invitation", person, number, digest_of(secret), LINK_LASTS)
        return secret if kept and kept[0] else None

    async def invited(self, secret: str) -> tuple[str, int] | None:
        """Whose link this is, and its number; None where it may not be used (any more)."""
        found = await self._ask("find_invitation", digest_of(secret))
        return (str(found[0]), int(found[1])) if found else None

    async def use_invitation(self, secret: str, password: str) -> bool:
        """Uses the link up and sets the hash of a password; false where somebody was quicker."""
        return bool((await self._ask("use_invitation", digest_of(secret), password) or (False,))[0])

    async def password_of(self, person: str) -> Password | None:
        found = await self._ask("password_of", person)
        return Password(*found) if found else None

    async def change_password(self, person: str, old: str, new: str) -> bool:
        """Another hash for the one that was looked at; false where somebody was quicker."""
        return bool((await self._ask("change_password", person, old, new) or (False,))[0])

    async def add_factor(
        self, person: str, number: int, factor: Factor, confirmed: Sequence[str], *, step: int = -1
    ) -> bool:
        """Keeps a factor that the account does not hold yet; `confirmed` are those that it holds. `step`
        is that of the code which was shown. False where there are too many, or this passkey is known
        already.
        """
        key = factor.credential or None, factor.public_key or None, factor.sign_count
        values = person, factor.factor, number, list(confirmed), factor.totp, step, *key
        return bool((await self._ask("add_factor", *values) or (False,))[0])

    async def factors_of(self, person: str, number: int) -> list[Factor]:
        found = await self._ask("factors_of", person, number)
        return [
            Factor(
                factor=row["factor"],
                totp=row["totp"],
                credential=bytes.fromhex(row["credential"] or ""),
                public_key=bytes.fromhex(row["public_key"] or ""),
                sign_count=row["sign_count"],
            )
            for row in (found[0] if found else ())
        ]

    async def use_step(self, person: str, factor: str, step: int) -> bool:
        """Whether a code of this step counts: once, and no earlier one after it."""
        return bool((await self._ask("use_step", person, factor, step) or (False,))[0])

    async def use_count(self, person: str, factor: str, count: int) -> bool:
        """Whether a passkey's counter goes on; a copy of the passkey would say a number of before."""
        return bool((await self._ask("use_count", person, factor, count) or (False,))[0])

    async def remove_factor(self, person: str, factor: str) -> None:
        await self._ask("remove_factor", person, factor)

    async def hand_out(self, purpose: Purpose, person: str, content: str, *, secret: str = "") -> str:
        """A ticket that comes back once: its secret, a new one where none is given."""
        made = secret or secrets.token_urlsafe(32)
        await self._ask("keep_ticket", digest_of(made), purpose, person, content, TICKET_LASTS)
        return made

    async def see(self, purpose: Purpose, secret: str) -> Ticket | None:
        """What a ticket is for; it stays."""
        return _ticket(await self._ask("see_ticket", digest_of(secret), purpose))

    async def try_with(self, purpose: Purpose, secret: str, most: int) -> Ticket | None:
        """The same, counted; after so many tries it is nothing any more."""
        return _ticket(await self._ask("try_ticket", digest_of(secret), purpose, most))

    async def take(self, purpose: Purpose, secret: str) -> Ticket | None:
        """The ticket, which is gone then."""
        return _ticket(await self._ask("take_ticket", digest_of(secret), purpose))

    async def _ask(self, function: str, *values: Any) -> tuple[Any, ...] | None:
        named = {str(number): value for number, value in enumerate(values)}
        marks = ", ".join(f"%({name})s" for name in named)
        return await self._sessions.ask(f"SELECT * FROM {function}({marks})".encode(), named)  # noqa: S608  names of ours


def _ticket(found: tuple[Any, ...] | None) -> Ticket | None:
    return Ticket(*found) if found else None
