"""What differs between two versions of the catalogue, for a reader: by ids, in words."""

from dataclasses import replace
from pathlib import Path

from services.intake.catalogue.differences import Change, difference
from shared.spm.catalogue import Catalogue, catalogues, current
from tests.support.second_catalogue import (
    ADDED,
    ITEM_NAME,
    NEW_NAME,
    NIHIL,
    OLD_NAME,
    RENAMED,
    upgraded,
)


def without(catalogue: Catalogue, name: str) -> Catalogue:
    services = {service: kind for service, kind in catalogue.services.items() if service != name}
    return replace(catalogue, services=services)


def test_a_version_does_not_differ_from_itself() -> None:
    assert difference(current(), current()).nothing


def test_every_change_of_a_version_is_named(tmp_path: Path) -> None:
    with upgraded(tmp_path) as after:
        before = catalogues()[1]
        found, back = difference(before, after), difference(after, before)
    assert [service.id for service in found.added] == [ADDED]
    assert [service.id for service in back.gone] == [ADDED]
    assert not found.gone
    assert found.weights == ((80, 20), (60, 40))
    assert {service.id: list(changes) for service, changes in found.changed} == {
        RENAMED: [Change("name", OLD_NAME, NEW_NAME), Change("item-added", "", ITEM_NAME)],
        NIHIL: [Change("nihil", "", "x")],
    }
    assert (
        Change("item-gone", ITEM_NAME, "")
        in {service.id: changes for service, changes in back.changed}[RENAMED]
    )


def test_items_are_the_same_by_their_ids() -> None:
    before = current()
    service = before.services[RENAMED]
    first = service.quality[0]
    moved = replace(first, name="Lain", group="sdm" if first.group != "sdm" else "barang_jasa")
    changed = replace(service, quality=(*service.quality[1:], moved), urusan="sosial", unit="keluarga")
    after = replace(before, services={**before.services, RENAMED: changed})
    ((_service, changes),) = difference(before, after).changed
    assert {change.what for change in changes} == {"urusan", "unit", "item-name", "item-group"}
    assert Change("urusan", "Kesehatan", "Sosial") in changes
    assert [one.id for one in difference(before, without(before, RENAMED)).gone] == [RENAMED]
