"""Comparison: the figures of a revision beside last year's, line by line, as a verifier reads them.

SOP step 8. Previous hop: `queries.py`, which gives the rows. Next hop: the page of one submission, which only prints.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.contracts.values import AttachedEvidence, CellChange, FieldNote, Figure, QualityItem, StoredFile
from shared.spm.catalogue import Service, catalogue
from shared.spm.index import capaian
from shared.web.figure_words import ANSWERS, CELLS, PARTS
from shared.web.formats import number, percent, rupiah
from shared.web.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Line:
    """One line: texts as they are printed. `was` is the text of the revision before where this cell was changed, else None."""

    field: str
    label: str
    last_year: str
    now: str
    change: str
    was: str | None
    noted: str
    numeric: bool = True

    @property
    def says_something(self) -> bool:
        """A line that is blank now, was blank before and last year is left out."""
        return {self.now, self.last_year} - {"", "–"} != set() or self.was is not None or bool(self.noted)


@dataclass(frozen=True, slots=True)
class Card:
    """One service with its lines and its evidence files; `added` are the digests that are new, `gone` the names that are no longer there."""

    service: str
    name: str
    unit: str
    answer: str
    lines: tuple[Line, ...]
    evidence: tuple[StoredFile, ...]
    added: frozenset[str]
    gone: tuple[str, ...]
    noted: str


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands beside cells: the text before a change, and what Tim SPM noted."""

    changed: Mapping[tuple[str, str], str]
    noted: Mapping[tuple[str, str], str]

    @classmethod
    def of(cls, changes: Iterable[CellChange], notes: Iterable[FieldNote]) -> "Marks":
        return cls(
            {(change.service, change.field): change.before for change in changes},
            {(note.service, note.field): note.note for note in notes},
        )


def compare(
    figures: Mapping[str, Figure], evidence: Sequence[AttachedEvidence], last_year: Mapping[str, Figure], marks: Marks
) -> tuple[Card, ...]:
    """One card per service, in the order of the catalogue; services that the catalogue does not know stand last under their id."""
    known = catalogue().services
    order = sorted(figures, key=lambda service: (catalogue().place(service), service))
    return tuple(_card(service, known.get(service), figures, evidence, last_year.get(service), marks) for service in order)


def _card(
    service: str,
    kind: Service | None,
    figures: Mapping[str, Figure],
    evidence: Sequence[AttachedEvidence],
    before: Figure | None,
    marks: Marks,
) -> Card:
    now = figures[service]
    lines = tuple(line for line in _lines(service, kind, now, before, marks) if line.says_something)
    files = tuple(attached.file for attached in evidence if service in attached.services)
    kept = {f"evidence.{file.digest}" for file in files}
    gone = tuple(
        was for (of, field), was in marks.changed.items() if of == service and field.startswith("evidence.") and field not in kept and was
    )
    return Card(
        service=service,
        name=kind.name if kind else service,
        unit=kind.unit if kind else "",
        answer=now.answer,
        lines=lines,
        evidence=files,
        added=frozenset(file.digest for file in files if (service, f"evidence.{file.digest}") in marks.changed),
        gone=gone,
        noted=marks.noted.get((service, ""), ""),
    )


def _lines(service: str, kind: Service | None, now: Figure, before: Figure | None, marks: Marks) -> Iterator[Line]:
    def line(field: str, label: str, this: str, last: str, change: str = "", *, numeric: bool = True) -> Line:
        return Line(field, label, last, this, change, _was(service, field, marks), marks.noted.get((service, field), ""), numeric)

    if now.answer != "filled" or (before and before.answer != "filled"):
        last = _(ANSWERS[before.answer]) if before else ""
        yield line("answer", _(CELLS["answer"]), _(ANSWERS[now.answer]), last, numeric=False)
    for field, form in (("entitled", number), ("served", number)):
        yield line(field, _(CELLS[field]), *_pair(field, now, before, form))
    yield line("capaian", _(CELLS["capaian"]), *_share(now, before))
    for field in ("budget", "realised"):
        yield line(field, _(CELLS[field]), *_pair(field, now, before, rupiah))
    for item in catalogue().quality_in_order(service, now.quality.keys() | _changed_items(service, marks)):
        named = kind.quality_item(item) if kind else None
        last_item = before.quality.get(item) if before else None
        texts = _quality(now.quality.get(item)), _quality(last_item)
        yield line(f"quality.{item}", named.name if named else item, *texts)
    for field in ("reason", "origin"):
        text, last = getattr(now, field), getattr(before, field) if before else ""
        if text or _was(service, field, marks):
            yield line(field, _(CELLS[field]), text, last, numeric=False)


def _changed_items(service: str, marks: Marks) -> set[str]:
    """Quality items of which a cell was changed; one that was emptied is not in the figure any more."""
    return {field.split(".")[1] for of, field in marks.changed if of == service and field.startswith("quality.")}


def _was(service: str, field: str, marks: Marks) -> str | None:
    """The text of a cell before it was changed; a quality line holds two cells."""
    if field.startswith("quality."):
        parts = [marks.changed.get((service, f"{field}.{part}")) for part in ("fulfilled", "required")]
        return None if parts == [None, None] else " / ".join(part if part is not None else "=" for part in parts)
    was = marks.changed.get((service, field))
    return None if was is None else cell_text(field, was)


def _pair(field: str, now: Figure, before: Figure | None, form: Any) -> tuple[str, str, str]:
    this, last = getattr(now, field), getattr(before, field) if before else None
    change = "" if this is None or last is None else _signed(form(abs(this - last)), this - last)
    return form(this), form(last) if before else "", change


def _share(now: Figure, before: Figure | None) -> tuple[str, str, str]:
    this, last = capaian(now), capaian(before) if before else None
    change = (
        ""
        if this is None or last is None
        else _signed(_("{percent} poin").format(percent=percent(abs(this - last)).removesuffix(" %")), this - last)
    )
    return percent(this), percent(last) if before else "", change


def _signed(text: str, difference: Any) -> str:
    return text if not difference else f"{'+' if difference > 0 else '−'}{text}"


def _quality(item: QualityItem | None) -> str:
    return "" if item is None else _("{fulfilled} dari {required}").format(fulfilled=number(item.fulfilled), required=number(item.required))


def cell_text(field: str, text: str) -> str:
    """The text of a changed cell as a person reads it; a blank cell stays blank."""
    if field == "answer":
        return next((_(words) for answer, words in ANSWERS.items() if answer == text), text)
    if not (text.isascii() and text.isdigit()) or field in {"reason", "origin"} or field.startswith("evidence."):
        return text
    return rupiah(int(text)) if field in {"budget", "realised"} else number(int(text))


def cell_label(service: str, field: str) -> str:
    """A changed cell in words: service and column."""
    kind = catalogue().services.get(service)
    name = kind.name if kind else service
    if field.startswith("quality."):
        item, _dot, part = field.removeprefix("quality.").partition(".")
        named = kind.quality_item(item) if kind else None
        words = named.name if named else item
        return f"{name} · {words}, {_(PARTS[part])}" if part in PARTS else f"{name} · {words}"
    if field.startswith("evidence."):
        return f"{name} · {_(CELLS['evidence'])}"
    return f"{name} · {_(CELLS[field])}" if field in CELLS else name
