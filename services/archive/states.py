"""What each kind of event replaces: which states it sets, so that the line which set one before is found, and
what of them can be told as changed.

Every SOP step. Previous hop: `search_words.py`, which keeps a word for each state that a line sets;
`trail/changed.py`, which compares. Next hop: the index of the log. Pure. An event of a new kind stands in one
of the three tables here, or a test names it. Which states a kind sets, and their keys, may not change without
a migration that writes the words of old lines anew.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from shared.service_names import SERVICES

Data = Mapping[str, Any]
DAMAGED = (KeyError, TypeError, ValueError, AttributeError)
"""What reading a line raises that is not what was written: the page of such a line says so itself."""


@dataclass(frozen=True, slots=True)
class State:
    """One thing of a stream that can be told before and after: what it is, which one of its kind (`key`), and
    what an event says of it, in the shape of that event's data. `comes`: it is told as something that comes
    or goes, also where nothing was before.
    """

    name: str
    key: tuple[Any, ...]
    said: Data
    comes: bool = False


Sets = Callable[[Data], Iterable[State]]
NOTHING: Mapping[str, str] = {}


def setting(name: str, *cells: str, key: tuple[str, ...] = (), comes: bool = False) -> Sets:
    """The state of which an event says these cells; `a.b` is the cell b of a. A key that it does not say, or
    that is nothing, is no state.
    """

    def states(data: Data) -> Iterator[State]:
        keys = tuple(_at(data, one) for one in key)
        if all(value is not None for value in keys):
            yield State(name, keys, _part(data, cells), comes)

    return states


def ending(name: str, *key: str, comes: bool = False, until: Mapping[str, str] = NOTHING) -> Sets:
    """What is not there any more; `until`: by cell which one says now what it says."""

    def states(data: Data) -> Iterator[State]:
        said = {cell: data[now] for cell, now in until.items()}
        yield State(name, tuple(_at(data, one) for one in key), said, comes)

    return states


def _at(data: Any, path: str) -> Any:
    for step in path.split("."):
        data = data[step] if isinstance(data, Mapping) and step in data else None
    return data


def _part(data: Data, cells: Iterable[str]) -> Data:
    found: dict[str, Any] = {}
    for cell in cells:
        if (value := _at(data, cell)) is None:
            continue
        *outer, last = cell.split(".")
        inside = found
        for step in outer:
            inside = inside.setdefault(step, {})
        inside[last] = value
    return found


def _came(data: Data) -> Iterator[State]:
    """The figures and the evidence that services bring along from another agency."""
    for service, figure in data["figures"].items():
        yield State("figure", (service,), {"figure": figure})
    for one in data["evidence"]:
        yield _file(one)


def _evidence(data: Data) -> Iterator[State]:
    yield _file(data["evidence"])


def _file(evidence: Data) -> State:
    file = evidence["file"]
    said = {"evidence": {"name": file["name"], "services": evidence["services"]}}
    return State("evidence", (file["digest"],), said, comes=True)


def _with_files(name: str, *cells: str) -> Sets:
    """A state in which evidence stands by its names."""

    def states(data: Data) -> Iterator[State]:
        files = [{"name": one.get("file", one)["name"]} for one in data.get("evidence") or ()]
        yield State(name, (), {**_part(data, cells), "evidence": files})

    return states


_due, _parts = setting("due", "due.due_on", "due.duration"), setting("parts", "parts")
_person = setting("person", "name", "nip", "rank", "qualification", "agency", key=("person",))
_digests = setting("digests", "digests")
_finding = ("service", "rule", "field")

SETS: Mapping[tuple[str, str], tuple[Sets, ...]] = {
    ("intake", "step-started"): (_due, _parts),
    ("intake", "step-reopened"): (_due,),
    ("intake", "due-date-revised"): (_due,),
    ("intake", "step-parts-changed"): (_parts,),
    ("intake", "step-completed"): (_with_files("done", "summary", "planned"),),
    ("intake", "figure-entered"): (setting("figure", "figure", key=("service",)),),
    ("intake", "services-taken-over"): (_came,),
    ("intake", "evidence-attached"): (_evidence,),
    ("intake", "evidence-withdrawn"): (ending("evidence", "digest", comes=True),),
    ("intake", "submission-received"): (_with_files("handed-in", "figures"),),
    ("intake", "signed-sheet-attached"): (setting("sheet", "file.name", "revision"),),
    ("intake", "warning-explained"): (
        setting("explanation", "explanation.text", key=tuple(f"explanation.{one}" for one in _finding)),
    ),
    ("intake", "finding-assigned"): (setting("finding", "assignee", key=_finding),),
    ("intake", "agency-registered"): (setting("agency", "name", "short_name"),),
    ("intake", "service-assigned"): (setting("assigned", "valid_from", "valid_until", key=("service",)),),
    ("intake", "calendar-changed"): (setting("day", "kind", "name", "source", key=("day",)),),
    ("intake", "threshold-set"): (setting("threshold", "limit", "valid_from", "source", key=("threshold",)),),
    ("intake", "population-recorded"): (
        setting("population", "population", "counted_on", "source", key=("service", "year")),
    ),
    ("intake", "person-registered"): (_person,),
    ("intake", "person-changed"): (_person,),
    ("intake", "office-given"): (setting("office", "valid_until", key=("person", "office")),),
    ("intake", "office-ended"): (ending("office", "person", "office", until={"valid_until": "ended_on"}),),
    ("intake", "login-requested"): (setting("login", "name", "nip", "email"),),
    ("intake", "login-joined"): (setting("joined", "person"),),
    ("intake", "login-parted"): (ending("joined"),),
    ("intake", "second-factor-set"): (setting("factor", "label", "means", key=("factor",), comes=True),),
    ("intake", "second-factor-removed"): (ending("factor", "factor", comes=True),),
    ("intake", "token-given"): (setting("token", "valid_until", "number"),),
    ("intake", "token-renewed"): (setting("token", "valid_until", "number"),),
    ("verification", "submission-approved"): (setting("approved", "figures"),),
    ("verification", "verifier-assigned"): (setting("assignee", "assignee"),),
    ("verification", "all-submissions-approved"): (_digests,),
    ("verification", "figures-settled"): (_digests,),
    ("verification", "endorsement-requested"): (setting("draft", "revision", "digest", "basis"),),
    ("documents", "figures-released"): (_digests,),
    ("documents", "document-drafted"): (setting("draft", "revision", "file.name", "file.digest", "basis"),),
    ("documents", "team-decree-issued"): (setting("decree", "number", "issued_on", "file.name"),),
    ("documents", "document-settled"): (setting("settled", "revision", "digest", "endorsed_by"),),
    ("documents", "dispatch-item-ready"): (
        setting("item", "item.title", "item.digest", "item.copies", key=("item.document",)),
    ),
    ("documents", "dispatch-queued"): (setting("queued", "recipient_name", "channel", "items"),),
    ("documents", "dispatch-sent"): (setting("sent", "agenda_number", "carrier"),),
    ("documents", "receipt-recorded"): (
        setting("receipt", "received_by", "received_on", "reference", "scan.name"),
    ),
    ("archive", "store-probed"): (setting("store", "checks", "failed", key=("store",)),),
    ("archive", "item-expected"): (setting("expected", "title", "file.name", "file.digest", key=("item",)),),
    ("archive", "item-filed"): (
        setting("lock", "mode", "retain_until", "lock_enforced", "object_version", key=("item",)),
    ),
    ("archive", "item-sealed"): (
        setting("lock", "mode", "retain_until", "lock_enforced", "object_version", key=("item",)),
    ),
    ("archive", "hard-copy-filed"): (setting("hard-copy", "location", "copies", key=("item",)),),
    ("archive", "cycle-archived"): (setting("closed", "items", "checkpoint_size"),),
}
"""Kinds that set a state which another line of the same stream may have set before."""

TELLING = frozenset({
    ("verification", "verification-opened"), ("verification", "approval-voided"),
    ("documents", "dispatch-corrected"),
})  # fmt: skip
"""Kinds that say themselves what was before and after."""

ACTS = frozenset({
    ("intake", "cycle-opened"), ("intake", "cycle-withdrawn"), ("intake", "step-part-done"),
    ("intake", "step-withdrawn"), ("intake", "submission-opened"), ("intake", "submission-reopened"),
    ("intake", "services-handed-over"), ("intake", "finding-resolved"), ("intake", "person-left"),
    ("intake", "account-invited"), ("intake", "account-activated"), ("intake", "password-changed"),
    ("intake", "recovery-asked"), ("intake", "recovery-approved"), ("intake", "recovery-refused"),
    ("intake", "account-closed"), ("intake", "token-ended"),
    ("verification", "verification-withdrawn"), ("verification", "submission-returned"),
    ("verification", "approval-withdrawn"), ("verification", "question-asked"),
    ("verification", "question-answered"), ("verification", "question-settled"),
    ("verification", "figure-accepted"), ("verification", "approval-required"),
    ("verification", "approval-counted"), ("verification", "approval-uncounted"),
    ("verification", "approval-released"), ("verification", "figures-unsettled"),
    ("verification", "endorsement-held"), ("verification", "endorsement-admitted"),
    ("verification", "report-endorsed"), ("verification", "endorsement-refused"),
    ("verification", "endorsement-withdrawn"), ("verification", "correction-admitted"),
    ("documents", "document-opened"), ("documents", "figures-withdrawn"),
    ("documents", "document-handed-over"), ("documents", "draft-restored"),
    ("documents", "settlement-withdrawn"), ("documents", "copies-printed"),
    ("documents", "dispatch-item-withdrawn"), ("documents", "correction-decided"),
    ("documents", "document-reopened"), ("documents", "dispatch-overtaken"),
    ("documents", "dispatch-reopened"), ("archive", "correction-expected"),
    *((service, "replay-compared") for service in SERVICES),
    ("archive", "certificate-asked"), ("archive", "statement-taken"),
    ("archive", "certificate-given-up"), ("archive", "certificate-issued"),
})  # fmt: skip
"""Kinds that are an act by their very word: there is no value that they put in the place of another."""


def states_of(event: Mapping[str, Any]) -> list[State]:
    """The states that an event sets, as its line says it; none where it sets none, or was damaged."""
    with suppress(*DAMAGED):
        return [
            state for sets in SETS.get((event["source"], event["type"]), ()) for state in sets(event["data"])
        ]
    return []


def word_of(source: str, stream: str, state: State) -> str:
    """The word of every line that sets this state."""
    named = "\0".join((source, stream, state.name, *map(str, state.key)))
    return f"s:{hashlib.blake2b(named.encode(), digest_size=9).hexdigest()}"
