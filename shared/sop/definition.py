"""The SOP as data: its steps with key, order, role, owner, duration and what completes each.

Role: read once by every service that needs to know who is next.
A file that contradicts itself is refused whole, with every fault named.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, get_args

from shared.service_names import SERVICES
from shared.sop.steps import Duration, Sop, Step, Unit, part_of

ROLES = frozenset({"kabag", "subkoordinator", "unsur_opd", "tim_spm", "arsiparis"})
PERSON = "person"
KEY = re.compile(r"[a-z][a-z_]{0,39}")
HERE = Path(__file__).parent


class BadDefinition(ValueError):
    """The SOP file contradicts itself; `faults` are sentences that name step and field."""

    def __init__(self, source: str, faults: list[str]) -> None:
        super().__init__(f"{source}: " + "; ".join(faults))
        self.faults = tuple(faults)


def load(path: Path) -> Sop:
    """The SOP in `path`. Raises BadDefinition, naming every fault at once."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    raw = document.get("step", [])
    faults = list(_missing(document, raw)) or list(_contradictions(raw))
    if faults:
        raise BadDefinition(path.name, faults)
    return Sop(
        version=document["version"],
        title=document["title"],
        signed_on=document["signed_on"],
        signed_by=document["signed_by"],
        steps=tuple(_step(number, entry) for number, entry in enumerate(raw, start=1)),
    )


@cache
def sops() -> Mapping[str, Sop]:
    """Every SOP version that Jejak knows, by version."""
    return {sop.version: sop for sop in map(load, sorted(HERE.glob("sop_*.toml")))}


CURRENT = "04/SOP/2022"


def named(key: str) -> Step | None:
    """A step of that key, as the newest SOP that has it calls it; None for a key of a newer Jejak."""
    return next(
        (
            sop.step(key)
            for sop in sorted(sops().values(), key=lambda sop: sop.signed_on, reverse=True)
            if sop.has(key)
        ),
        None,
    )


def _missing(document: Mapping[str, Any], raw: list[Mapping[str, Any]]) -> Iterator[str]:
    for key in ("version", "title", "signed_on", "signed_by"):
        if key not in document:
            yield f"the SOP lacks {key!r}"
    if not raw:
        yield "the SOP has no steps"
    for position, entry in enumerate(raw, start=1):
        for key in (
            "key",
            "name",
            "name_en",
            "short",
            "short_en",
            "role",
            "owner",
            "after",
            "completed_by",
            "duration",
        ):
            if key not in entry:
                yield f"step {position} lacks {key!r}"


def _contradictions(raw: list[Mapping[str, Any]]) -> Iterator[str]:
    before: set[str] = set()
    places = [entry.get("place", entry["key"]) for entry in raw]
    for entry in raw:
        key, here = entry["key"], f"step {entry['key']}"
        if not KEY.fullmatch(key):
            yield f"{here}: a key is made of small letters and underscores"
        if key in before or places.count(entry.get("place", key)) > 1:
            yield f"{here} shares its key or its place with another step"
        if entry["role"] not in ROLES:
            yield f"{here} names the unknown role {entry['role']!r}"
        if entry["owner"] not in SERVICES:
            yield f"{here} names the unknown owner {entry['owner']!r}"
        for earlier in entry["after"]:
            if earlier not in before:
                yield f"{here} waits for step {earlier}, which does not come before it"
        before.add(key)
        yield from _bad_parts(here, entry["completed_by"])
        yield from _bad_reopening(here, entry)
        yield from _bad_durations(here, entry["duration"])


def _bad_parts(here: str, completed_by: list[str]) -> Iterator[str]:
    if not completed_by:
        yield f"{here} is completed by nothing"
    if PERSON in completed_by and len(completed_by) > 1:
        yield f"{here} is completed by a person and by events at once"
    names = [part_of(text).name for text in completed_by]
    if len(set(names)) < len(names):
        yield f"{here} waits for two parts of one name: {', '.join(sorted(names))}"
    for text in completed_by:
        producer, dot, _event = text.partition(".")
        if text != PERSON and (not dot or producer not in SERVICES):
            yield f"{here} is completed by {text!r}, which is no event of a service"


def _bad_reopening(here: str, entry: Mapping[str, Any]) -> Iterator[str]:
    """A step is taken back only by events of services, and only a part that it waits for."""
    waits_for = {part_of(text).name for text in entry["completed_by"] if text != PERSON}
    for text in (*entry.get("reopened_by", ()), *entry.get("redone_by", ())):
        named = part_of(text)
        if named.producer not in SERVICES or named.which not in waits_for:
            yield f"{here} is reopened or redone by {text!r}, which names no part that it waits for"


def _bad_durations(here: str, durations: list[Mapping[str, Any]]) -> Iterator[str]:
    if not durations:
        yield f"{here} has no duration"
    for entry in durations:
        if entry.get("unit") not in get_args(Unit):
            yield f"{here} counts in the unknown unit {entry.get('unit')!r}"
        shortest, longest = entry.get("min"), entry.get("max")
        if not (isinstance(shortest, int) and isinstance(longest, int) and 0 < shortest <= longest):
            yield (
                f"{here} has the duration {shortest!r} to {longest!r}; both must be whole, "
                "above 0 and in order"
            )


def _step(number: int, entry: Mapping[str, Any]) -> Step:
    return Step(
        key=entry["key"],
        number=number,
        place=entry.get("place", entry["key"]),
        name=entry["name"],
        name_en=entry["name_en"],
        short=entry["short"],
        short_en=entry["short_en"],
        role=entry["role"],
        owner=entry["owner"],
        after=tuple(entry["after"]),
        durations=tuple(
            Duration(d["min"], d["max"], d["unit"], d.get("variant", "")) for d in entry["duration"]
        ),
        parts=tuple(part_of(text) for text in entry["completed_by"] if text != PERSON),
        evidence_min=entry.get("evidence_min", 0),
        reopened_by=tuple(part_of(text) for text in entry.get("reopened_by", ())),
        redone_by=tuple(part_of(text) for text in entry.get("redone_by", ())),
    )
