"""The submission form as rows: what was handed in last year, what is typed now,
what Jejak computes and finds.

SOP step 7. Previous hop: `submission/queries.py` and, after a mistake, what was typed.
Next hop: the template of the form. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from msgspec import convert

from services.intake.queries import Row
from services.intake.submission.sheet.cell_text import show
from services.intake.submission.sheet.typed_rows import seen_text
from services.intake.submission.sheet.warnings import NOTHING_FOUND, Warnings
from shared.contracts.values import AttachedEvidence, Figure
from shared.spm.catalogue import Catalogue, Service, Urusan
from shared.spm.cells import NUMBERS
from shared.spm.digest import digest
from shared.spm.evidence import needs_evidence
from shared.spm.index import capaian

State = Literal["blank", "partial", "complete", "nihil", "not_yet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One service of the form. `cells` are the texts of its inputs by field name:
    as stored, or as typed where that could not be stored.
    """

    service: Service
    figure: Figure
    state: State
    cells: Mapping[str, str]
    stored: Mapping[str, str]
    share: Fraction | None
    last_year: Figure | None
    last_share: Fraction | None
    evidence: int
    quality_filled: int
    found: Warnings
    notes: tuple[Row, ...]
    was: str
    by: str

    @property
    def blank(self) -> bool:
        return self.state == "blank"

    @property
    def bare(self) -> bool:
        """It says numbers that nothing is evidence of."""
        return needs_evidence(self.figure) and not self.evidence


def state_of(service: Service, figure: Figure) -> State:
    """How far a figure is: blank, partial, complete, or one of the two answers without numbers."""
    if figure == Figure():
        return "blank"
    if figure.answer != "filled":
        return figure.answer
    numbers = all(getattr(figure, name) is not None for name in NUMBERS)
    return "complete" if numbers and len(figure.quality) == len(service.quality) else "partial"


def sheet(
    catalogue: Catalogue,
    services: Sequence[str],
    stored: Mapping[str, Row],
    last_year: Mapping[str, Row],
    evidence: Sequence[Row],
    notes: Sequence[Row],
    warnings: Mapping[str, Warnings],
    typed: Mapping[str, str] | None = None,
    seen: Mapping[str, Figure] | None = None,
) -> tuple[SheetRow, ...]:
    """The rows of these services in the order of the catalogue.

    `typed`: texts of cells that could not be stored; `seen`:
    what the person had seen of a row, where that is not what is stored.
    """
    return tuple(
        _row(
            service,
            stored.get(name),
            last_year.get(name),
            evidence,
            notes,
            warnings,
            typed or {},
            seen or {},
        )
        for name, service in catalogue.services.items()
        if name in services
    )


def _row(
    service: Service,
    stored: Row | None,
    before: Row | None,
    evidence: Sequence[Row],
    notes: Sequence[Row],
    warnings: Mapping[str, Warnings],
    typed: Mapping[str, str],
    seen: Mapping[str, Figure],
) -> SheetRow:
    figure = figure_of(stored["figure"]) if stored else Figure()
    last = figure_of(before["figure"]) if before else None
    cells = _cells(service, figure)
    return SheetRow(
        service=service,
        figure=figure,
        state=state_of(service, figure),
        cells={name: typed.get(f"{service.id}.{name}", text) for name, text in cells.items()},
        stored=cells,
        share=capaian(figure),
        last_year=last,
        last_share=capaian(last) if last else None,
        evidence=sum(service.id in entry["services"] for entry in evidence),
        quality_filled=len(figure.quality),
        found=warnings.get(service.id, NOTHING_FOUND),
        notes=tuple(note for note in notes if note["service"] == service.id),
        was=seen_text(seen.get(service.id, figure)),
        by=stored["by"] if stored else "",
    )


def _cells(service: Service, figure: Figure) -> dict[str, str]:
    cells = {name: show(getattr(figure, name)) for name in NUMBERS}
    cells |= {"answer": figure.answer, "reason": figure.reason, "origin": figure.origin}
    for kind in service.quality:
        amount = figure.quality.get(kind.id)
        cells[f"quality.{kind.id}.required"] = show(amount.required if amount else None)
        cells[f"quality.{kind.id}.fulfilled"] = show(amount.fulfilled if amount else None)
    return cells


def figure_of(stored: Mapping[str, Any]) -> Figure:
    """A figure from its row in the read model."""
    return convert(stored, Figure)


def figures_of(stored: Mapping[str, Row]) -> dict[str, Figure]:
    """The figures of a submission by service."""
    return {name: figure_of(row["figure"]) for name, row in stored.items()}


def urusan_of(services: Sequence[str], catalogue: Catalogue) -> tuple[Urusan, ...]:
    """The urusan that an agency's services belong to, in the order of the catalogue."""
    wanted = {service.urusan for name, service in catalogue.services.items() if name in services}
    return tuple(urusan for urusan in catalogue.urusan if urusan.id in wanted)


def next_digest(submission: Row, figures: Mapping[str, Figure], evidence: Sequence[Row]) -> str:
    """The digest that handing in these figures now would fix, to show before it is done."""
    attached = [
        convert({"file": row["file"], "services": row["services"]}, AttachedEvidence) for row in evidence
    ]
    return digest(figures, attached, submission["revision"] + 1)
