"""The demonstration as data: agencies with their services, and a figure for each of the 29 services,
each saying where it comes from.

Role: read by whoever plays or seeds a cycle through the public API (SOP steps 6 and 7). Borrowed and
synthetic figures are labelled in `origin`, so that no page and no report can show them as data of the region.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from shared.contracts.values import Figure, QualityItem

HERE = Path(__file__).parent
FIGURE_FILES = ("figures_gorontalo_2019.toml", "figures_synthetic.toml")


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


def region() -> tuple[str, str]:
    """Code and name of the region of the demonstration."""
    document = _read("agencies.toml")
    return document["region"], document["region_name"]


def agencies() -> tuple[DemoAgency, ...]:
    """The agencies of `agencies.toml`, in the order of the file."""
    return tuple(_agency(entry) for entry in _read("agencies.toml")["agency"])


def figures() -> Mapping[str, Figure]:
    """A figure for every basic service, borrowed where a published one exists, else synthetic."""
    return {service: figure for name in FIGURE_FILES for service, figure in _figures(_read(name))}


def _read(name: str) -> Mapping[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


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
