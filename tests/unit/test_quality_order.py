"""Quality items stand in the order of the form wherever they are printed, for all 29 services,
however the database kept them.
"""

from collections.abc import Callable, Mapping

import pytest

from services.archive.trail.event_words import facts
from services.documents.domain.report import Approved, build
from services.verification.checking.comparison import Marks, compare
from services.verification.domain.difference import cell_changes, in_form_order
from shared.access.people import People
from shared.contracts.values import Figure, QualityItem
from shared.spm.catalogue import Service, current

SERVICES = list(current().services.values())


def as_postgresql_keeps(names: list[str]) -> list[str]:
    """jsonb keeps keys by length, then by bytes."""
    return sorted(names, key=lambda name: (len(name), name))


def stored(service: Service) -> Figure:
    items = as_postgresql_keeps([kind.id for kind in service.quality])
    return Figure(
        entitled=9, served=8, quality={item: QualityItem(required=4, fulfilled=3) for item in items}
    )


def on_verification_page(service: Service) -> list[str]:
    (card,) = compare(current(), {service.id: stored(service)}, (), {}, Marks.of((), ()))
    return [line.field.removeprefix("quality.") for line in card.lines if line.field.startswith("quality.")]


def after_all_were_emptied(service: Service) -> list[str]:
    gone = cell_changes(
        current(), {service.id: stored(service)}, (), {service.id: Figure(entitled=9, served=8)}, ()
    )
    (card,) = compare(current(), {service.id: Figure(entitled=9, served=8)}, (), {}, Marks.of(gone, ()))
    return [line.field.removeprefix("quality.") for line in card.lines if line.field.startswith("quality.")]


def in_changes(service: Service) -> list[str]:
    changes = cell_changes(current(), {}, (), {service.id: stored(service)}, ())
    assert list(changes) == in_form_order(current(), reversed(changes))
    return list(
        dict.fromkeys(change.field.split(".")[1] for change in changes if change.field.startswith("quality."))
    )


def in_report(service: Service) -> list[str]:
    approved = Approved(
        submission="submission-3402-2026-opd-tahunan",
        agency_name="OPD",
        revision=1,
        digest="d" * 64,
        verified_by="wulan",
        figures={service.id: stored(service)},
    )
    lines = [line for part in build(current(), [approved]).parts for line in part.lines if line.figure]
    return [quality.kind.id for line in lines for quality in line.quality]


def told(data: Mapping[str, object]) -> list[str]:
    paths = [fact.path for fact in facts(data, People({}, {}))]
    return list(dict.fromkeys(str(path[path.index("quality") + 1]) for path in paths if "quality" in path))


def plain(service: Service) -> dict[str, object]:
    items = as_postgresql_keeps([kind.id for kind in service.quality])
    return {"quality": {item: {"fulfilled": 3, "required": 4} for item in items}}


def in_audit_trail_of_one_figure(service: Service) -> list[str]:
    return told({"figure": plain(service), "service": service.id})


def in_audit_trail_of_a_hand_in(service: Service) -> list[str]:
    return told({"figures": {service.id: plain(service)}})


PLACES = [
    on_verification_page,
    after_all_were_emptied,
    in_changes,
    in_report,
    in_audit_trail_of_one_figure,
    in_audit_trail_of_a_hand_in,
]


@pytest.mark.parametrize("place", PLACES)
def test_quality_items_stand_in_the_order_of_the_form(place: Callable[[Service], list[str]]) -> None:
    assert {service.id: place(service) for service in SERVICES} == {
        service.id: [kind.id for kind in service.quality] for service in SERVICES
    }


def test_the_table_would_notice_the_order_of_the_database() -> None:
    assert (
        sum(
            as_postgresql_keeps(names) != names
            for names in ([kind.id for kind in service.quality] for service in SERVICES)
        )
        > 20
    )


def test_services_too_stand_in_the_order_of_the_form_in_the_audit_trail() -> None:
    kept = as_postgresql_keeps([service.id for service in SERVICES])
    paths = [
        fact.path for fact in facts({"figures": {service: {"served": 1} for service in kept}}, People({}, {}))
    ]
    assert [path[1] for path in paths] == [service.id for service in SERVICES]
