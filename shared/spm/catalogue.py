"""The catalogue: 29 basic services in six urusan, their quality items, and what other systems call them.

Role: the only place that knows a service's name, unit and whether it may be nihil. A version is a file, and
every version stays: a cycle keeps the one that it was opened under. Ids stay for ever; names and outside
codes may change.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache, cached_property
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
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
    """One version of the catalogue. `recipients_weight` and `quality_weight` add up to one;
    `retired` are services of earlier versions that this one leaves out on purpose.
    """

    version: int
    target_percent: int
    recipients_weight: Fraction
    quality_weight: Fraction
    urusan: tuple[Urusan, ...]
    services: Mapping[str, Service]
    retired: frozenset[str] = frozenset()

    def of_urusan(self, urusan: str) -> tuple[Service, ...]:
        return tuple(service for service in self.services.values() if service.urusan == urusan)

    def place(self, service: str) -> int:
        """Where a service stands in every list; one that this version does not know stands last."""
        return self._places.get(service, len(self._places))

    def quality_in_order(self, service: str, items: Iterable[str]) -> list[str]:
        """Quality items in the order of the form, however they were stored;
        items that this version does not know last, by id.
        """
        return quality_in_order(self.services.get(service), items)

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {service: place for place, service in enumerate(self.services)}

    def find(self, words: str) -> Service | None:
        """The service that someone calls `words`: by id, name, alias or outside code;
        None where nothing fits exactly.
        """
        wanted = _plain(words)
        return next(
            (service for service in self.services.values() if wanted in map(_plain, _names(service))), None
        )


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
        retired=frozenset(document.get("retired", ())),
    )


@cache
def catalogues() -> Mapping[int, Catalogue]:
    """Every version that Jejak knows, by number, the oldest first.
    Raises BadCatalogue, naming every fault at once.
    """
    found = sorted(map(load, sorted(HERE.glob("layanan*.toml"))), key=lambda one: one.version)
    faults = [*_shared_versions(found), *_lost_services(found)]
    if faults:
        raise BadCatalogue(faults)
    return {one.version: one for one in found}


def current() -> Catalogue:
    """The newest version, for what is of no cycle yet: one that is being opened,
    services that are being assigned. Never for one that is open.
    """
    return catalogues()[max(catalogues())]


@cache
def known_services() -> Mapping[str, Service]:
    """Every service that any version has, as the newest one that has it calls it,
    with every quality item that it ever had.

    For words that stand for all cycles at once; a lookup of names, never a rule.
    """
    found: dict[str, Service] = {}
    for one in reversed(tuple(catalogues().values())):
        for name, service in one.services.items():
            found[name] = _with_items_of(found.get(name, service), service)
    return found


def named(service: str) -> Service | None:
    """The service of that id, as the newest version that has it calls it; None for an id of a newer Jejak."""
    return known_services().get(service)


def quality_in_order(service: Service | None, items: Iterable[str]) -> list[str]:
    """Quality items in the order of the form; those that the service does not have last, by id."""
    return sorted(items, key=lambda item: (service.quality_place(item) if service else 0, item))


def _with_items_of(service: Service, older: Service) -> Service:
    gone = tuple(kind for kind in older.quality if service.quality_item(kind.id) is None)
    return replace(service, quality=(*service.quality, *gone)) if gone else service


def _shared_versions(found: Sequence[Catalogue]) -> Iterator[str]:
    versions = [one.version for one in found]
    yield from (
        f"{versions.count(version)} files say that they are version {version}"
        for version in sorted(set(versions))
        if versions.count(version) > 1
    )


def _lost_services(found: Sequence[Catalogue]) -> Iterator[str]:
    """Ids stay for ever: a version that leaves one out says so."""
    before: set[str] = set()
    for one in found:
        yield from (
            f"version {one.version} has no {name}, and does not retire it"
            for name in sorted(before - one.services.keys() - one.retired)
        )
        yield from (
            f"version {one.version} retires {name}, which it has"
            for name in sorted(one.retired & one.services.keys())
        )
        yield from (
            f"version {one.version} retires {name}, which no version before it has"
            for name in sorted(one.retired - before)
        )
        before |= one.services.keys()


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
    yield from (
        f"{entry['id']} has the quality item {item!r} twice"
        for item in sorted(set(items))
        if items.count(item) > 1
    )
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
        quality=tuple(
            QualityKind(item["id"], item["group"], item["name"], tuple(item.get("espm", ())))
            for item in entry["quality"]
        ),
        quality_status=entry["quality_status"],
        aliases=tuple(entry.get("aliases", ())),
        codes=entry.get("codes", {}),
        note=entry.get("note", ""),
    )
