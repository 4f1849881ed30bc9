"""Events of intake about persons and their offices: who may act, from which day until which, and who said so.

A stream of a region, `people-3402`, is the history of all its people: two decisions never rest on different
ones. Of a person they say no more than an office needs to know: name, NIP, rank and qualification.
"""

from dataclasses import dataclass
from datetime import date

PRODUCER = "intake"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRegistered:
    """Somebody works here, or again; `person` is a short name that stays. Without an office nobody may do
    anything yet.
    """

    region: str
    person: str
    name: str
    nip: str
    rank: str
    qualification: str
    agency: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChanged:
    """What is known of a person from now on; what was before stays true of before."""

    region: str
    person: str
    name: str
    nip: str
    rank: str
    qualification: str
    agency: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLeft:
    """`left_on` was the last day. The offices that were left have ended by events of their own before it."""

    region: str
    person: str
    left_on: date
    reason: str
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeGiven:
    """A person holds a role for an agency, from `valid_from` until `valid_until` (inclusive; None: until
    further notice). `office` numbers the offices of one person.

    `acting` is `plt` or `plh` for who stands in, perhaps for `acting_for`; the letter says so.
    """

    region: str
    person: str
    office: int
    role: str
    agency: str
    valid_from: date
    valid_until: date | None
    acting: str
    acting_for: str
    letter: str
    letter_on: date | None
    by: str
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeEnded:
    """The office ends earlier: `ended_on` is its last day. A day before its first says that it was given by
    mistake and never held.
    """

    region: str
    person: str
    office: int
    role: str
    agency: str
    ended_on: date
    reason: str
    by: str
    occurred_on: date
