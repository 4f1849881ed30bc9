"""Events of intake about API tokens: which system of an agency acts under which office, until when, and who
said so.

A stream of a token, `token-<region>-<name>`. Neither a secret nor a digest of one ever stands here: `number`
says which secret counts, by how often one was made.
"""

from dataclasses import dataclass
from datetime import date

PRODUCER = "intake"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenGiven:
    """A system acts as `token:<token>` from now on, in the role that its holder has for the agency, as long
    as the holder has it, until the day `valid_until` is over.
    """

    region: str
    token: str
    number: int
    role: str
    agency: str
    holder: str
    purpose: str
    valid_until: date
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRenewed:
    """It has another secret and another last day; the secret of before is worthless."""

    region: str
    token: str
    number: int
    valid_until: date
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenEnded:
    """It opens nothing any more, for good."""

    region: str
    token: str
    reason: str
    by: str
    occurred_on: date
