"""Threads, and which services are accepted, as the trail of a submission holds them, for the page.

SOP step 8. Previous hop: `queries.py`, with the trail. Next hop: the page of one submission.
"""

import dataclasses
from collections.abc import Iterable

from services.verification.checking.queries import TrailEntry


@dataclasses.dataclass(slots=True)
class Said:
    """One thread: what both sides said about a cell, in order; `field` empty: about the whole service."""

    service: str
    field: str
    open: bool = True
    answered: bool = False
    words: list[tuple[TrailEntry, str]] = dataclasses.field(default_factory=list)


def threads_of(trail: Iterable[TrailEntry]) -> list[Said]:
    """The threads in the order in which they began. An approval settles all."""
    found: dict[tuple[str, str], Said] = {}
    for entry in trail:
        if entry.act == "approved":
            for thread in found.values():
                thread.open = False
        for note in entry.notes if entry.act in {"returned", "asked", "answered", "settled"} else ():
            thread = found.setdefault((note.service, note.field), Said(note.service, note.field))
            thread.open = entry.act != "settled"
            thread.answered = entry.act == "answered"
            thread.words.append((entry, note.note))
    return list(found.values())


def accepted_of(trail: Iterable[TrailEntry]) -> frozenset[str]:
    """The services that Tim SPM accepts as they are: until they change, or somebody asks about them."""
    accepted = frozenset[str]()
    for entry in trail:
        named = {note.service for note in entry.notes}
        match entry.act:
            case "accepted":
                accepted |= named
            case "asked" | "returned":
                accepted -= named
            case "waiting":
                accepted -= {change.service for change in entry.changes}
    return accepted
