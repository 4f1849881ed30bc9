"""What differs between two moments: the lines between both in, and what was set before them; differences out.

Every SOP step. Previous hop: `queries.py`. Next hop: `pages.py`. Pure. A thing that was changed and changed
back differs in nothing and is left out.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.archive.states import State, states_of, word_of
from services.archive.trail import field_values
from services.archive.trail.changed import Changed, between
from services.archive.trail.event_words import words_of
from shared.access.people import People
from shared.web.words.i18n import gettext, later

Row = Mapping[str, Any]

SECTIONS: Mapping[str, str] = {
    "steps": later("Langkah"),
    "figures": later("Isian dan verifikasi"),
    "documents": later("Naskah dan pengesahan"),
    "dispatches": later("Pengiriman"),
    "shelf": later("Arsip"),
    "settings": later("Pegawai dan pengaturan"),
}
STREAMS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "cycle": ("steps", ()),
    "step": ("steps", ("step",)),
    "submission": ("figures", ("agency", "service")),
    "verification": ("figures", ("agency", "service")),
    "finding": ("figures", ("agency", "service")),
    "assignment": ("figures", ("agency",)),
    "document": ("documents", ("document",)),
    "endorsement": ("documents", ("document",)),
    "dispatch": ("dispatches", ("recipient",)),
    "cyclefile": ("shelf", ("item",)),
    "people": ("settings", ("person",)),
    "agency": ("settings", ("agency", "service")),
    "settings": ("settings", ("day",)),
    "rules": ("settings", ("threshold", "service")),
}
"""By how the name of a stream begins: in which section what it says stands, and which fields say what about.
A round of approvals repeats what the submissions say; accounts, logins and tokens are nobody's but their own.
"""
STANDING = frozenset({
    "cycle-opened", "cycle-withdrawn", "step-started", "step-reopened", "step-completed", "step-withdrawn",
    "submission-opened", "submission-received", "submission-reopened", "submission-returned",
    "submission-approved", "approval-voided", "approval-withdrawn", "verification-withdrawn",
    "document-opened", "document-drafted", "document-handed-over", "team-decree-issued", "document-settled",
    "draft-restored", "settlement-withdrawn", "copies-printed", "correction-decided", "document-reopened",
    "endorsement-requested", "report-endorsed", "endorsement-refused", "endorsement-withdrawn",
    "dispatch-queued", "dispatch-sent", "receipt-recorded", "dispatch-overtaken", "dispatch-reopened",
    "item-expected", "item-filed", "item-sealed", "hard-copy-filed", "cycle-archived", "correction-expected",
    "person-registered", "person-left",
})  # fmt: skip
"""Kinds after which something stands otherwise than before: the last of them is how it stands."""
STANDS = later("Keadaan")


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that is other: what it is about, and the line that says so now."""

    about: str
    changed: Changed
    index: int


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    rows: Sequence[Difference]


@dataclass(slots=True)
class Found:
    """Of everything that lines between set or said: the first and the last of them."""

    states: dict[str, tuple[Row, State]] = field(default_factory=dict)
    last: dict[str, tuple[Row, State]] = field(default_factory=dict)
    stands: dict[str, Row] = field(default_factory=dict)


def subject(row: Row) -> str:
    """What a line says how it stands: a case with its verification, one file of a shelf, else its stream."""
    kind, _, case = row["stream"].partition("-")
    item = row["event"]["data"].get("item", "")
    person = row["event"]["data"].get("person", "") if kind == "people" else ""
    return f"{'submission' if kind == 'verification' else kind}-{case}/{item}{person}"


def found_in(rows: Iterable[Row]) -> Found:
    """What the lines between two moments set, the oldest first."""
    found = Found()
    for row in rows:
        for state in states_of(row["event"]):
            word = word_of(row["source"], row["stream"], state)
            found.states.setdefault(word, (row, state))
            found.last[word] = (row, state)
        if row["type"] in STANDING:
            found.stands[subject(row)] = row
    return found


def sections(
    found: Found,
    before: Mapping[str, Row],
    stood: Mapping[str, Row],
    people_of: Callable[[Row], People],
) -> list[Section]:
    """What differs, by section. `before`: by the word of a state the line that set it last before the first
    moment; `stood`: by subject the line that said then how it stood.
    """
    rows: dict[str, list[tuple[Any, Difference]]] = {name: [] for name in SECTIONS}
    for one, row in found.stands.items():
        told = _stands(stood.get(one), row)
        _add(rows, row, people_of(row), told)
    for word, (row, state) in found.last.items():
        earlier = before.get(word)
        same = [was for was in states_of(earlier["event"]) if was.name == state.name] if earlier else []
        was = next((one for one in same if one.key == state.key), None)
        service = str(row["event"]["data"].get("service", ""))
        _add(rows, row, people_of(row), between(was, state, service, people_of(row)))
    return [
        Section(gettext(title), [one for _, one in sorted(rows[name], key=lambda pair: pair[0])])
        for name, title in SECTIONS.items()
        if rows[name]
    ]


def _add(
    rows: Mapping[str, list[tuple[Any, Difference]]], row: Row, people: People, changed: Iterable[Changed]
) -> None:
    section, about = about_of(row, people)
    if section:
        order = (row["stream"] if section == "steps" else about, about, row["index"])
        rows[section] += [(order, Difference(about, one, row["index"])) for one in changed]


def about_of(row: Row, people: People) -> tuple[str, str]:
    """The section in which a line is told, and whom or what it is about; both empty for what is not told."""
    section, fields = STREAMS.get(row["stream"].partition("-")[0], ("", ()))
    data = row["event"]["data"]
    said = [field_values.plain((name,), data[name], people) for name in fields if data.get(name)]
    about = " · ".join(said) or words_of(row["source"], row["type"])
    return section, about[:1].upper() + about[1:] if section else ""


def _stands(before: Row | None, now: Row) -> list[Changed]:
    old, new = _standing(before), _standing(now)
    return [Changed(gettext(STANDS), old, new)] if old != new else []


def _standing(row: Row | None) -> str:
    if row is None:
        return ""
    said, revision = words_of(row["source"], row["type"]), row["event"]["data"].get("revision")
    return f"{said}, {gettext('revisi {n}').format(n=revision)}" if revision else said
