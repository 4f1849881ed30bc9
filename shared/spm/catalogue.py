"""The catalogue: 29 basic services in six urusan, their quality items, and what other systems call them.

Role: the only place that knows a service's name, unit and whether it may be nihil. Ids stay for ever; names and outside codes may change.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, cached_property
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parent / "layanan.toml"
GROUPS = ("barang_jasa", "sdm", "petunjuk_teknis")


class BadCatalogue(ValueError):
    """The catalogue contradicts itself; `faults` are sentences that name the service."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class QualityKind:
    """One quality item (mutu) that a service is measured by."""

    id: str
    group: str
    name: str
    espm: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """One basic service. `numerator` and `denominator` say in words what is counted, in `unit`."""

    id: str
    name: str
    urusan: str
    recipients: str
    numerator: str
    denominator: str
    unit: str
    nihil_allowed: bool
    quality: tuple[QualityKind, ...]
    quality_status: str
    aliases: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    def quality_item(self, item: str) -> QualityKind | None:
        return next((kind for kind in self.quality if kind.id == item), None)

    def quality_place(self, item: str) -> int:
        """Where a quality item stands in the form; one that this version does not know stands last."""
        return next((place for place, kind in enumerate(self.quality) if kind.id == item), len(self.quality))


@dataclass(frozen=True, slots=True)
class Urusan:
    """An urusan; `short`: the head of a narrow column."""

    id: str
    name: str
    name_en: str
    short: str
    short_en: str


@dataclass(frozen=True)
class Catalogue:
    """One version of the catalogue. `recipients_weight` and `quality_weight` add up to one."""

    version: int
    target_percent: int
    recipients_weight: Fraction
    quality_weight: Fraction
    urusan: tuple[Urusan, ...]
    services: Mapping[str, Service]

    def of_urusan(self, urusan: str) -> tuple[Service, ...]:
        return tuple(service for service in self.services.values() if service.urusan == urusan)

    def place(self, service: str) -> int:
        """Where a service stands in every list; one that this version does not know stands last."""
        return self._places.get(service, len(self._places))

    def quality_in_order(self, service: str, items: Iterable[str]) -> list[str]:
        """Quality items in the order of the form, however they were stored; items that this version does not know last, by id."""
        known = self.services.get(service)
        return sorted(items, key=lambda item: (known.quality_place(item) if known else 0, item))

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {service: place for place, service in enumerate(self.services)}

    def find(self, words: str) -> Service | None:
        """The service that someone calls `words`: by id, name, alias or outside code; None where nothing fits exactly."""
        wanted = _plain(words)
        return next((service for service in self.services.values() if wanted in map(_plain, _names(service))), None)


def load(path: Path) -> Catalogue:
    """The catalogue in `path`. Raises BadCatalogue, naming every fault at once."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    faults = list(_faults(document))
    if faults:
        raise BadCatalogue(faults)
    services = [_service(entry) for entry in document["service"]]
    weights = document["weights"]
    return Catalogue(
        version=document["version"],
        target_percent=document["target_percent"],
        recipients_weight=Fraction(weights["recipients"], 100),
        quality_weight=Fraction(weights["quality"], 100),
        urusan=tuple(Urusan(**entry) for entry in document["urusan"]),
        services={service.id: service for service in services},
    )


@cache
def catalogue() -> Catalogue:
    """The catalogue as it comes with Jejak."""
    return load(SOURCE)


def _names(service: Service) -> Iterator[str]:
    yield service.id
    yield service.name
    yield from service.aliases
    yield from service.codes.values()


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())


def _faults(document: Mapping[str, Any]) -> Iterator[str]:
    known = {entry["id"] for entry in document["urusan"]}
    if sum(document["weights"].values()) != 100:
        yield "the weights do not add up to 100"
    seen: set[str] = set()
    for entry in document["service"]:
        if entry["id"] in seen:
            yield f"{entry['id']} stands twice"
        seen.add(entry["id"])
        if entry["urusan"] not in known:
            yield f"{entry['id']} names the unknown urusan {entry['urusan']!r}"
        yield from _quality_faults(entry)


def _quality_faults(entry: Mapping[str, Any]) -> Iterator[str]:
    items = [item["id"] for item in entry["quality"]]
    yield from (f"{entry['id']} has the quality item {item!r} twice" for item in sorted(set(items)) if items.count(item) > 1)
    for item in entry["quality"]:
        if item["group"] not in GROUPS:
            yield f"{entry['id']} puts {item['id']!r} in the unknown group {item['group']!r}"


def _service(entry: Mapping[str, Any]) -> Service:
    return Service(
        id=entry["id"],
        name=entry["name"],
        urusan=entry["urusan"],
        recipients=entry["recipients"],
        numerator=entry["numerator"],
        denominator=entry["denominator"],
        unit=entry["unit"],
        nihil_allowed=entry.get("nihil_allowed", False),
        quality=tuple(QualityKind(item["id"], item["group"], item["name"], tuple(item.get("espm", ()))) for item in entry["quality"]),
        quality_status=entry["quality_status"],
        aliases=tuple(entry.get("aliases", ())),
        codes=entry.get("codes", {}),
        note=entry.get("note", ""),
    )
