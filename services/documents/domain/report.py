"""The report as a model: approved figures in, chapters' numbers out, exact to the last fraction.

SOP step 9. Pure: no clock, no rounding (that happens once, in `letters/compose.py`). Previous hop: the read
model of approved figures. Next hop: `letters/compose.py`, which turns the model into the text of the tables.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from shared.contracts.values import Figure, QualityItem
from shared.eventsourcing.commands.decider import Refused
from shared.spm.catalogue import Catalogue, QualityKind, Service, Urusan
from shared.spm.index import Index, ServiceIndex, compute


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """One submission as Tim SPM approved it."""

    submission: str
    agency_name: str
    revision: int
    digest: str
    verified_by: str
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class QualityLine:
    kind: QualityKind
    item: QualityItem | None

    @property
    def share(self) -> Fraction | None:
        """Fulfilled over required; None for a blank item and for one of which nothing is required."""
        return Fraction(self.item.fulfilled, self.item.required) if self.item and self.item.required else None


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One basic service in the report. `figure` None: no approved submission says anything about it.
    `mark` points at its origin.
    """

    service: Service
    figure: Figure | None
    index: ServiceIndex
    mark: str

    @property
    def quality(self) -> tuple[QualityLine, ...]:
        items = self.figure.quality if self.figure else {}
        return tuple(QualityLine(kind, items.get(kind.id)) for kind in self.service.quality)


@dataclass(frozen=True, slots=True)
class Money:
    """Budget and realised in whole rupiah, blanks counted as nothing."""

    budget: int
    realised: int

    @property
    def absorption(self) -> Fraction | None:
        return Fraction(self.realised, self.budget) if self.budget else None


@dataclass(frozen=True, slots=True)
class UrusanPart:
    """The section of one urusan."""

    urusan: Urusan
    lines: tuple[ServiceLine, ...]
    index: Fraction | None

    @property
    def money(self) -> Money:
        return total(self.lines)

    @property
    def counted(self) -> int:
        """How many services the index of this urusan rests on."""
        return sum(line.index.index is not None for line in self.lines)


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report: parts in the order of the catalogue, the index, the origins that must be labelled,
    and what it all rests on.
    """

    parts: tuple[UrusanPart, ...]
    index: Index
    catalogue: Catalogue
    origins: Mapping[str, str]
    approved: tuple[Approved, ...]

    @property
    def basis(self) -> Mapping[str, str]:
        """Digest of each approved submission: what a draft of this report is bound to."""
        return {each.submission: each.digest for each in self.approved}

    @property
    def money(self) -> Money:
        return total(line for part in self.parts for line in part.lines)

    @property
    def counted(self) -> int:
        return sum(part.counted for part in self.parts)


def build(catalogue: Catalogue, approved: Sequence[Approved]) -> Report:
    """The report of these approved submissions and of nothing else.
    Refuses when two of them answer for the same service.
    """
    ordered = tuple(sorted(approved, key=lambda each: each.submission))
    figures = _one_figure_each(ordered, catalogue)
    marks = _marks(figures, catalogue)
    index = compute(catalogue, figures)
    parts = tuple(
        UrusanPart(
            urusan=urusan,
            lines=tuple(
                _line(service, figures.get(service.id), index, marks)
                for service in catalogue.of_urusan(urusan.id)
            ),
            index=index.urusan[urusan.id],
        )
        for urusan in catalogue.urusan
    )
    return Report(parts, index, catalogue, {mark: origin for origin, mark in marks.items()}, ordered)


def total(lines: Iterable[ServiceLine]) -> Money:
    """Sum of budget and of what was realised."""
    figures = [line.figure for line in lines if line.figure]
    return Money(
        sum(figure.budget or 0 for figure in figures), sum(figure.realised or 0 for figure in figures)
    )


def _one_figure_each(approved: Iterable[Approved], catalogue: Catalogue) -> dict[str, Figure]:
    figures: dict[str, Figure] = {}
    for each in approved:
        for service, figure in each.figures.items():
            if service in figures:
                name = catalogue.services[service].name
                raise Refused(
                    "service-twice",
                    "Dua isian yang disetujui memuat layanan yang sama: {service}.",
                    service=name,
                )
            figures[service] = figure
    return figures


def _marks(figures: Mapping[str, Figure], catalogue: Catalogue) -> dict[str, str]:
    """A letter for each origin, in the order in which the report meets them."""
    origins = dict.fromkeys(
        figures[service].origin
        for service in catalogue.services
        if service in figures and figures[service].origin
    )
    return {origin: _letter(place) for place, origin in enumerate(origins)}


def _letter(place: int) -> str:
    """0 → a, 25 → z, 26 → aa."""
    before, last = divmod(place, 26)
    return (_letter(before - 1) if before else "") + chr(ord("a") + last)


def _line(service: Service, figure: Figure | None, index: Index, marks: Mapping[str, str]) -> ServiceLine:
    return ServiceLine(
        service, figure, index.services[service.id], marks.get(figure.origin, "") if figure else ""
    )
