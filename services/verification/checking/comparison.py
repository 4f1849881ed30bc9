"""Comparison: the figures of a revision beside last year's and beside the revision that was decided last,
line by line, as a verifier reads them.

SOP step 8. Previous hop: `queries.py`, which gives the rows.
Next hop: the page of one submission, which only prints.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.verification.checking.cell_words import cell_text
from services.verification.checking.figure_text import (
    amount_text,
    decimals,
    difference_text,
    points,
    quality_points,
    quality_text,
    words_text,
)
from shared.contracts.values import AttachedEvidence, CellChange, FieldNote, Figure, StoredFile
from shared.spm.catalogue import Catalogue, Service, quality_in_order
from shared.spm.index import blanks, capaian
from shared.web.words.figure_words import ANSWERS, CELLS, cell_name
from shared.web.words.formats import number, percent, rupiah
from shared.web.words.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Line:
    """One line: texts as they are printed. `change` is the difference to last year; `was` the text in the
    base where it differs there (else None), `base` that text in any case, and `since` the difference to it.
    """

    field: str
    label: str
    last_year: str
    now: str
    change: str
    was: str | None
    noted: str
    numeric: bool = True
    base: str = ""
    since: str = ""

    @property
    def says_something(self) -> bool:
        """A line that is blank now, was blank before and last year is left out."""
        return {self.now, self.last_year} - {"", "–"} != set() or self.was is not None or bool(self.noted)

    @property
    def folded(self) -> bool:
        """A quality item that is as it was in the base, and about which nobody said anything."""
        return self.was is None and self.field.startswith("quality.") and not self.noted


@dataclass(frozen=True, slots=True)
class Card:
    """One service with its lines and its evidence files; `added` are the digests that are new,
    `gone` the names that are no longer there; `blank` are the names of cells that the index asks for and that
    nobody filled in.
    """

    service: str
    name: str
    unit: str
    answer: str
    lines: tuple[Line, ...]
    evidence: tuple[StoredFile, ...]
    added: frozenset[str]
    gone: tuple[str, ...]
    noted: str
    blank: tuple[str, ...] = ()

    @property
    def changed(self) -> int:
        """How much of it differs from the base: lines that somebody typed, and evidence files."""
        typed = sum(line.was is not None and line.field != "capaian" for line in self.lines)
        return typed + len(self.added) + len(self.gone)

    @property
    def folded(self) -> int:
        return sum(line.folded for line in self.lines)


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


@dataclass(frozen=True, slots=True)
class _Compared:
    """The figure of a service, and what stands beside it: that of last year, that of the base;
    `has_base` where there is one at all.
    """

    service: str
    now: Figure
    last: Figure | None
    base: Figure
    has_base: bool
    marks: Marks

    def line(
        self,
        field: str,
        label: str,
        text: Callable[[Figure], str],
        change: Callable[[Figure], str] | None = None,
    ) -> Line:
        """A line by the text of a figure in it, and by the difference of the present figure to another."""
        was = self._was(field, text)
        return Line(
            field=field,
            label=label,
            last_year=text(self.last) if self.last else "",
            now=text(self.now),
            change=change(self.last) if change and self.last else "",
            was=was,
            noted=self.marks.noted.get((self.service, field), ""),
            numeric=change is not None,
            base=text(self.base) if self.has_base else "",
            since=change(self.base) if change and was is not None else "",
        )

    def _was(self, field: str, text: Callable[[Figure], str]) -> str | None:
        """The text of a cell in the base where it was changed since;
        a quality line holds two cells, the achievement rests on two.
        """
        changed = self.marks.changed
        if field.startswith("quality."):
            parts = [changed.get((self.service, f"{field}.{part}")) for part in ("fulfilled", "required")]
            return (
                None
                if parts == [None, None]
                else " / ".join(part if part is not None else "=" for part in parts)
            )
        if field == "capaian":
            return text(self.base) if self.has_base and text(self.base) != text(self.now) else None
        was = changed.get((self.service, field))
        return None if was is None else cell_text(field, was)


def compare(
    catalogue: Catalogue,
    figures: Mapping[str, Figure],
    evidence: Sequence[AttachedEvidence],
    last_year: Mapping[str, Figure],
    marks: Marks,
    base: Mapping[str, Figure] | None = None,
) -> tuple[Card, ...]:
    """One card per service, in the order of the catalogue;
    services that the catalogue does not know stand last under their id.

    `base`: the figures with which `marks` were compared; None where there are none.
    """
    order = sorted(figures, key=lambda service: (catalogue.place(service), service))
    return tuple(
        _card(
            _Compared(
                service,
                figures[service],
                last_year.get(service),
                (base or {}).get(service, Figure()),
                base is not None,
                marks,
            ),
            catalogue.services.get(service),
            [attached.file for attached in evidence if service in attached.services],
        )
        for service in order
    )


def _card(compared: _Compared, kind: Service | None, files: Sequence[StoredFile]) -> Card:
    service, changed = compared.service, compared.marks.changed
    kept = {f"evidence.{file.digest}" for file in files}
    gone = (
        was
        for (of, field), was in changed.items()
        if of == service and field.startswith("evidence.") and field not in kept and was
    )
    return Card(
        service=service,
        name=kind.name if kind else service,
        unit=kind.unit if kind else "",
        answer=compared.now.answer,
        lines=tuple(line for line in _lines(compared, kind) if line.says_something),
        evidence=tuple(files),
        added=frozenset(file.digest for file in files if (service, f"evidence.{file.digest}") in changed),
        gone=tuple(gone),
        noted=compared.marks.noted.get((service, ""), ""),
        blank=tuple(cell_name(kind, cell) for cell in blanks(kind, compared.now) if cell) if kind else (),
    )


def _lines(compared: _Compared, kind: Service | None) -> Iterator[Line]:
    now, others = (
        compared.now,
        [figure for figure in (compared.last, compared.base if compared.has_base else None) if figure],
    )
    if any(figure.answer != "filled" for figure in (now, *others)):
        yield compared.line("answer", _(CELLS["answer"]), lambda figure: _(ANSWERS[figure.answer]))
    for field in ("entitled", "served"):
        yield compared.line(
            field, _(CELLS[field]), amount_text(field, number), difference_text(field, now, number)
        )
    places = decimals(now, others)
    yield compared.line(
        "capaian",
        _(CELLS["capaian"]),
        lambda figure: percent(capaian(figure), places),
        lambda other: points(capaian(now), capaian(other), places),
    )
    for field in ("budget", "realised"):
        yield compared.line(
            field, _(CELLS[field]), amount_text(field, rupiah), difference_text(field, now, rupiah)
        )
    for item in quality_in_order(kind, now.quality.keys() | _changed_items(compared)):
        named = kind.quality_item(item) if kind else None
        yield compared.line(
            f"quality.{item}", named.name if named else item, quality_text(item), quality_points(item, now)
        )
    for field in ("reason", "origin"):
        line = compared.line(field, _(CELLS[field]), words_text(field))
        if line.now or line.was is not None:
            yield line


def _changed_items(compared: _Compared) -> set[str]:
    """Quality items of which a cell was changed; one that was emptied is not in the figure any more."""
    return {
        field.split(".")[1]
        for of, field in compared.marks.changed
        if of == compared.service and field.startswith("quality.")
    }
