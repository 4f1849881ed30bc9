"""What differs between two versions of the catalogue: services that came and went, and what changed in those
that stayed.

SOP step 7. Used by `catalogue/pages.py`. Pure. A service and a quality item are the same as long as their id
is, whatever they are called.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shared.spm.catalogue import Catalogue, Service

SAID = ("name", "urusan", "recipients", "denominator", "numerator", "unit", "note")


@dataclass(frozen=True, slots=True)
class Change:
    """`what`: a field of a service (`name`), whether nihil is allowed (`nihil`), or of its quality items one
    that is new (`item-added`), gone (`item-gone`), called otherwise (`item-name`) or grouped otherwise
    (`item-group`).
    """

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """`changed`: by the service as it is now. `weights`: of recipients and quality before and after, in per
    cent; None where they stayed.
    """

    added: Sequence[Service]
    gone: Sequence[Service]
    changed: Sequence[tuple[Service, Sequence[Change]]]
    weights: tuple[tuple[int, int], tuple[int, int]] | None

    @property
    def nothing(self) -> bool:
        return not (self.added or self.gone or self.changed or self.weights)


def difference(before: Catalogue, after: Catalogue) -> Difference:
    """What a reader of `before` must know to read `after`."""
    both = [
        (before.services[name], service)
        for name, service in after.services.items()
        if name in before.services
    ]
    changed = [(now, tuple(_changes(was, now, before, after))) for was, now in both]
    weights = _weights(before), _weights(after)
    return Difference(
        added=[service for name, service in after.services.items() if name not in before.services],
        gone=[service for name, service in before.services.items() if name not in after.services],
        changed=[(service, changes) for service, changes in changed if changes],
        weights=None if weights[0] == weights[1] else weights,
    )


def _weights(catalogue: Catalogue) -> tuple[int, int]:
    return int(catalogue.recipients_weight * 100), int(catalogue.quality_weight * 100)


def _changes(was: Service, now: Service, before: Catalogue, after: Catalogue) -> Iterator[Change]:
    named = [{kind.id: kind.name for kind in catalogue.urusan} for catalogue in (before, after)]
    for field in SAID:
        said = [str(getattr(service, field)) for service in (was, now)]
        if field == "urusan":
            said = [names.get(urusan, urusan) for names, urusan in zip(named, said, strict=True)]
        if said[0] != said[1]:
            yield Change(field, *said)
    if was.nihil_allowed != now.nihil_allowed:
        yield Change("nihil", *("x" if service.nihil_allowed else "" for service in (was, now)))
    yield from _of_items(was, now)


def _of_items(was: Service, now: Service) -> Iterator[Change]:
    items: Mapping[str, str] = {kind.id: kind.name for kind in was.quality}
    for kind in now.quality:
        earlier = was.quality_item(kind.id)
        if earlier is None:
            yield Change("item-added", "", kind.name)
        elif earlier.name != kind.name:
            yield Change("item-name", earlier.name, kind.name)
        if earlier is not None and earlier.group != kind.group:
            yield Change("item-group", earlier.group, kind.group)
    yield from (
        Change("item-gone", name, "") for item, name in items.items() if now.quality_item(item) is None
    )
