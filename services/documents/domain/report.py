"""The report as a model: approved figures in, chapters' numbers out, exact to the last fraction.

SOP step 9. Pure: no clock, no rounding (that happens once, in `letters/compose.py`). Previous hop: the read
model of approved figures. Next hop: `letters/compose.py`, which turns the model into the text of the tables.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from shared.contracts.values import Explanation, Figure, QualityItem
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
    explanations: tuple[Explanation, ...] = ()


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
    """Budget and realised in whole rupiah. None: nobody said an amount. `without`: of how many services one
    of the two is blank, so that it is not in the sum; a blank is not nothing.
    """

    budget: int | None
    realised: int | None
    without: int = 0
    of_the_same: bool = True

    @property
    def absorption(self) -> Fraction | None:
        """Realised over budget; None where the two are not of the same services."""
        if self.realised is None or not self.budget or not self.of_the_same:
            return None
        return Fraction(self.realised, self.budget)


@dataclass(frozen=True, slots=True)
class UrusanPart:
    """The section of one urusan."""

    urusan: Urusan
    lines: tuple[ServiceLine, ...]
    index: Fraction | None

    @property
    def incomplete(self) -> tuple[ServiceLine, ...]:
        """The services of which a cell that the index asks for is blank."""
        return tuple(line for line in self.lines if line.index.missing)

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
    def incomplete(self) -> tuple[ServiceLine, ...]:
        return tuple(line for part in self.parts for line in part.incomplete)

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
    """Sum of budget and of what was realised, of the services that said them."""
    said = [pair for pair in map(_said_of_money, lines) if pair]
    return Money(
        _sum(budget for budget, _ in said),
        _sum(realised for _, realised in said),
        sum(None in pair for pair in said),
        all((budget is None) == (realised is None) for budget, realised in said),
    )


def _said_of_money(line: ServiceLine) -> tuple[int | None, int | None] | None:
    """Nothing is missing where nobody was to be served and nothing was set aside."""
    figure = line.figure or Figure()
    if figure.answer == "nihil" and figure.budget is None and figure.realised is None:
        return None
    return figure.budget, figure.realised


def _sum(amounts: Iterable[int | None]) -> int | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


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
