"""How far the figures of a cycle are: for each agency and urusan how much is filled in (tingkat keterisian)
and what was reached (tingkat capaian), and the index beside last year's.

SOP steps 7 and 8. Previous hop: `board/achievement_pages.py`, with the read models. Next hop: its template.
Pure. A blank is no zero: what nobody filled in is in no mean, and an index that rests on blanks says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from services.intake.queries import Row
from shared.contracts.values import Figure
from shared.spm.catalogue import Catalogue, Urusan
from shared.spm.index import Index, capaian, capaian_parts, category, compute
from shared.web.words.formats import points

Of = Mapping[str, Mapping[str, Figure]]
"""Figures by submission and service."""
BLANK = Figure()


@dataclass(frozen=True, slots=True)
class Level:
    """Of some services how many are filled in, how many have a capaian, and the sum of these; several levels
    are one when added.
    """

    filled: int = 0
    services: int = 0
    with_capaian: int = 0
    summed: Fraction = Fraction(0)

    def __add__(self, other: "Level") -> "Level":
        return Level(
            self.filled + other.filled,
            self.services + other.services,
            self.with_capaian + other.with_capaian,
            self.summed + other.summed,
        )

    @property
    def reached(self) -> Fraction | None:
        """The mean of the capaian of the services that have one; None where none has."""
        return self.summed / self.with_capaian if self.with_capaian else None

    @property
    def filled_share(self) -> Fraction | None:
        return Fraction(self.filled, self.services) if self.services else None


@dataclass(frozen=True, slots=True)
class OfAgency:
    """An agency with its levels by urusan and over all. `untouched`: nobody has typed anything yet."""

    row: Row
    levels: Mapping[str, Level]
    whole: Level
    untouched: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """An index beside last year's, with its category; `incomplete`: cells that it asks for are blank."""

    this: Fraction | None
    last: Fraction | None
    incomplete: bool

    @property
    def category(self) -> str:
        return "" if self.this is None else category(self.this)

    @property
    def last_category(self) -> str:
        return "" if self.last is None else category(self.last)

    @property
    def change(self) -> str:
        """In points of what is shown, with its sign."""
        if self.this is None or self.last is None:
            return "–"
        sign = "+" if self.this > self.last else "−" if self.this < self.last else "±"
        return sign + points(self.this / 100, self.last / 100)


@dataclass(frozen=True, slots=True)
class OfService:
    """The capaian of a service beside last year's; `answer` says why there is none, `filled` where cells are
    blank.
    """

    answer: str
    this: Fraction | None
    last: Fraction | None

    @property
    def change(self) -> str:
        """In points of what is shown, with its sign."""
        this, last = (None if share is None else share * 100 for share in (self.this, self.last))
        return Compared(this, last, incomplete=False).change


@dataclass(frozen=True, slots=True)
class Achievement:
    """`urusan`: those that somebody answers for. `indices`: by urusan, the whole under its own empty name;
    empty for who sees one agency only, of which there is no index of the region. `services`: those that are
    answered for, in the order of the form.
    """

    agencies: Sequence[OfAgency]
    urusan: tuple[Urusan, ...]
    levels: Mapping[str, Level]
    whole: Level
    indices: Mapping[str, Compared]
    services: Mapping[str, OfService]

    @property
    def untouched(self) -> Sequence[OfAgency]:
        return [one for one in self.agencies if one.untouched]


def achievement(
    submissions: Sequence[Row], figures: Of, catalogue: Catalogue, last: Index | None, *, whole_region: bool
) -> Achievement:
    """Of the submissions that somebody may see, what needs attention first. `last`: last year's index."""
    held = [row for row in submissions if row["services"]]
    agencies = [_agency(row, figures.get(row["submission"], {}), catalogue) for row in held]
    every = [(row["services"], figures.get(row["submission"], {})) for row in held]
    shown = tuple(kind for kind in catalogue.urusan if any(kind.id in one.levels for one in agencies))
    return Achievement(
        agencies=sorted(
            agencies, key=lambda one: (one.whole.filled_share or 0, one.row["agency_name"].casefold())
        ),
        urusan=shown,
        levels={
            kind.id: _together(one.levels[kind.id] for one in agencies if kind.id in one.levels)
            for kind in shown
        },
        whole=_together(one.whole for one in agencies),
        indices=_indices(every, catalogue, last) if whole_region else {},
        services=_services(every, catalogue, last),
    )


def index_of(submissions: Sequence[Row], figures: Of, catalogue: Catalogue) -> Index:
    """The index of a cycle from the figures of its submissions."""
    return compute(
        catalogue,
        {
            service: figure
            for row in submissions
            for service, figure in figures.get(row["submission"], {}).items()
            if service in row["services"]
        },
    )


def _agency(row: Row, mine: Mapping[str, Figure], catalogue: Catalogue) -> OfAgency:
    held: dict[str, list[Figure]] = {}
    for service in row["services"]:
        held.setdefault(catalogue.services[service].urusan, []).append(mine.get(service, BLANK))
    levels = {kind: _level(figures) for kind, figures in held.items()}
    return OfAgency(
        row,
        levels,
        _together(levels.values()),
        untouched=all(figure == BLANK for figure in mine.values()),
    )


def _level(figures: Sequence[Figure]) -> Level:
    """Of the services of an urusan. Their capaian is added up in whole numbers, and made a fraction once."""
    shares = [parts for parts in map(capaian_parts, figures) if parts]
    above, below = 0, 1
    for served, entitled in shares:
        above, below = above * entitled + served * below, below * entitled
    filled = sum(figure != BLANK for figure in figures)
    return Level(filled, len(figures), len(shares), Fraction(above, below))


def _together(levels: Iterable[Level]) -> Level:
    return sum(levels, Level())


def _indices(
    every: Sequence[tuple[Any, Mapping[str, Figure]]], catalogue: Catalogue, last: Index | None
) -> Mapping[str, Compared]:
    now = compute(
        catalogue,
        {service: mine[service] for services, mine in every for service in services if service in mine},
    )
    missing = {catalogue.services[name].urusan for name in now.missing}
    found = {
        kind.id: Compared(now.urusan[kind.id], last.urusan.get(kind.id) if last else None, kind.id in missing)
        for kind in catalogue.urusan
    }
    return {**found, "": Compared(now.whole, last.whole if last else None, bool(missing))}


def _services(
    every: Sequence[tuple[Any, Mapping[str, Figure]]], catalogue: Catalogue, last: Index | None
) -> Mapping[str, OfService]:
    held = {service: mine.get(service, BLANK) for services, mine in every for service in services}
    before = last.services if last else {}
    return {
        name: OfService(
            held[name].answer,
            capaian(held[name]),
            before[name].recipients if name in before else None,
        )
        for name in catalogue.services
        if name in held
    }
