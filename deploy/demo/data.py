"""The demonstration as data: two kabupaten, each with its agencies, their services, the people who act there
and a figure for each of the 29 services that says where it comes from.

Role: read by whoever plays or seeds a cycle through the public API (SOP steps 6 and 7). Borrowed and
synthetic figures are labelled in `origin`, so that no page and no report can show them as data of the region.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from shared.contracts.values import Figure, QualityItem

HERE = Path(__file__).parent
FIGURE_FILES = ("figures_gorontalo_2019.toml", "figures_synthetic.toml")
BANTUL, KULON_PROGO = HERE, HERE / "regions" / "3401"
"""The folders of the two: the first finished its cycle, the second is in the middle of one."""
SHARE_PERCENT = 46
"""How the second one's figures are made: invented ones, so much of the first one's, and said to be so."""
YEARLY_PERCENT = 3
INVENTED = "Angka sintetis untuk peragaan, bukan data Kulon Progo"


@dataclass(frozen=True, slots=True)
class Assigned:
    """A service that an agency answers for, and since when."""

    service: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class DemoAgency:
    id: str
    name: str
    short_name: str
    assigned: tuple[Assigned, ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts in a kabupaten, by the offices of its people: the first of them where several hold one."""

    kabag: str
    subkoordinator: str
    verifier: str
    endorser: str
    arsiparis: str
    inspektur: str
    officers: Mapping[str, str]


def region(folder: Path = BANTUL) -> tuple[str, str]:
    """Code and name of a region of the demonstration."""
    document = _read(folder / "agencies.toml")
    return document["region"], document["region_name"]


def agencies(folder: Path = BANTUL) -> tuple[DemoAgency, ...]:
    """The agencies of `agencies.toml`, in the order of the file."""
    return tuple(_agency(entry) for entry in _read(folder / "agencies.toml")["agency"])


def cast(folder: Path = BANTUL) -> Cast:
    """The people of `people.toml` who act."""
    held: Sequence[tuple[str, str, str]] = [
        (office["role"], office.get("agency", person["agency"]), person["id"])
        for person in people(folder)
        for office in person["office"]
        if "acting" not in office
    ]

    def first(role: str, place: int = 0) -> str:
        return [person for known, _, person in held if known == role][place]

    officers = {agency: person for role, agency, person in reversed(held) if role == "unsur_opd"}
    return Cast(
        kabag=first("kabag"),
        subkoordinator=first("subkoordinator"),
        verifier=first("tim_spm"),
        endorser=first("tim_spm", 1),
        arsiparis=first("arsiparis"),
        inspektur=first("inspektur"),
        officers=officers,
    )


def people(folder: Path) -> Sequence[Mapping[str, Any]]:
    """The persons of `people.toml` as the file says them."""
    found: Sequence[Mapping[str, Any]] = _read(folder / "people.toml")["person"]
    return found


def figures() -> Mapping[str, Figure]:
    """A figure for every basic service, borrowed where a published one exists, else synthetic."""
    return {service: figure for name in FIGURE_FILES for service, figure in _figures(_read(HERE / name))}


def populations(year: int) -> Sequence[Mapping[str, Any]]:
    """Reference populations of the first region for a year: borrowed ones, and said to be."""
    document = _read(HERE / "populations_gorontalo_2019.toml")
    said = {"year": year, "source": document["source"], "counted_on": document["counted_on"].isoformat()}
    return [
        {"service": service, "population": number, **said}
        for service, number in document["population"].items()
    ]


def invented(years: int) -> Mapping[str, Figure]:
    """The second one's figures, `years` after its first cycle: whoever compares sees them move."""
    percent = SHARE_PERCENT + years * YEARLY_PERCENT
    return {service: _share(figure, percent) for service, figure in figures().items()}


def _share(figure: Figure, percent: int) -> Figure:
    def part(number: int | None) -> int | None:
        return None if number is None else max(1, number * percent // 100) if number else 0

    quality = {
        item: QualityItem(required=part(amount.required) or 0, fulfilled=part(amount.fulfilled) or 0)
        for item, amount in figure.quality.items()
    }
    return replace(
        figure,
        served=part(figure.served),
        entitled=part(figure.entitled),
        budget=part(figure.budget),
        realised=part(figure.realised),
        quality=quality,
        origin=INVENTED,
    )


def _read(path: Path) -> Mapping[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _agency(entry: Mapping[str, Any]) -> DemoAgency:
    assigned = tuple(
        Assigned(service, part["valid_from"]) for part in entry["assignment"] for service in part["services"]
    )
    return DemoAgency(entry["id"], entry["name"], entry["short_name"], assigned)


def _figures(document: Mapping[str, Any]) -> Iterator[tuple[str, Figure]]:
    for service, entry in document["figure"].items():
        quality = {
            item: QualityItem(required=amount[0], fulfilled=amount[1])
            for item, amount in entry.get("quality", {}).items()
        }
        rest = {key: value for key, value in entry.items() if key != "quality"}
        yield service, Figure(**rest, quality=quality, origin=document["origin"])
