"""The demonstration is complete, sound under the rules, and labelled for what it is: both its kabupaten."""

from collections.abc import Mapping
from dataclasses import astuple
from datetime import date, timedelta
from pathlib import Path

import pytest

from deploy.demo import data, running
from deploy.demo.days import last_cycle, running_cycle
from services.intake.domain.cycle import years
from shared.access.people import load
from shared.contracts.values import Figure
from shared.sop.calendar import seed
from shared.sop.deadlines import due_date
from shared.sop.definition import CURRENT, sops
from shared.spm.catalogue import current
from shared.spm.index import compute
from shared.spm.rules import findings

PEOPLE = load(Path(data.__file__).parent / "people.toml", "3402")

BOTH = pytest.mark.parametrize("folder", [data.BANTUL, data.KULON_PROGO], ids=lambda path: path.name)
DAYS = [date(2026, 1, 1) + timedelta(days=number) for number in range(0, 900, 3)]


@BOTH
def test_every_service_is_assigned_to_exactly_one_agency(folder: Path) -> None:
    assigned = [entry.service for agency in data.agencies(folder) for entry in agency.assigned]
    assert sorted(assigned) == sorted(current().services)


@pytest.mark.parametrize("figures", [data.figures(), data.invented(0), data.invented(1)])
def test_every_service_has_a_figure_that_may_be_handed_in(figures: Mapping[str, Figure]) -> None:
    assert set(figures) == set(current().services)
    found = [
        finding
        for name, figure in figures.items()
        for finding in findings(current().services[name], figure, complete=True)
    ]
    assert found == []


def test_every_quality_item_is_filled_and_known() -> None:
    for name, figure in data.figures().items():
        wanted = (
            {kind.id for kind in current().services[name].quality} if figure.answer == "filled" else set()
        )
        assert set(figure.quality) == wanted, name


def test_borrowed_and_synthetic_figures_say_so() -> None:
    for name, figure in data.figures().items():
        label = "dipinjam" if name.startswith("kes.") else "sintetis"
        assert label in figure.origin
        assert "bukan data Bantul" in figure.origin


def test_borrowed_populations_say_so_and_are_those_of_the_figures() -> None:
    for row in data.populations(2026):
        assert data.figures()[row["service"]].entitled == row["population"], row
        assert "Gorontalo" in row["source"]
        assert "bukan data Bantul" in row["source"]


def test_the_figures_of_the_second_one_are_its_own_and_say_so() -> None:
    first, second, third = data.figures(), data.invented(0), data.invented(1)
    assert {figure.origin for figure in [*second.values(), *third.values()]} == {data.INVENTED}
    moved = [name for name, figure in second.items() if figure.answer == "filled"]
    assert all(first[name].budget != second[name].budget != third[name].budget for name in moved)


def test_the_demonstration_has_an_index() -> None:
    index = compute(current(), data.figures())
    assert index.whole is not None
    assert all(value is not None for value in index.urusan.values())


@BOTH
def test_every_agency_has_an_officer_and_every_role_a_person(folder: Path) -> None:
    held = _held(folder)
    assert set(held["unsur_opd"]) == {agency.id for agency in data.agencies(folder)}
    roles = {"kabag", "subkoordinator", "unsur_opd", "tim_spm", "arsiparis", "inspektur", "operator"}
    assert set(held) == roles
    assert set(data.cast(folder).officers) == set(held["unsur_opd"])


@BOTH
def test_nobody_who_verifies_may_endorse(folder: Path) -> None:
    cast = data.cast(folder)
    assert len({cast.verifier, cast.endorser, cast.kabag, *cast.officers.values()}) == 3 + len(cast.officers)


def test_nobody_acts_in_both() -> None:
    persons = [*data.people(data.BANTUL), *data.people(data.KULON_PROGO)]
    for what in ("id", "nip"):
        assert len({person[what] for person in persons}) == len(persons)
    assert {person["id"] for person in data.people(data.BANTUL)} == PEOPLE.persons.keys()


def _held(folder: Path) -> Mapping[str, Mapping[str, str]]:
    """Who holds each role, by agency."""
    found: dict[str, dict[str, str]] = {}
    for person in data.people(folder):
        for office in person["office"]:
            found.setdefault(office["role"], {})[office.get("agency", person["agency"])] = person["id"]
    return found


def test_the_regions_are_named() -> None:
    assert data.region() == ("3402", "Kabupaten Bantul")
    assert data.region(data.KULON_PROGO) == ("3401", "Kabupaten Kulon Progo")


def test_each_agency_of_the_second_one_is_somewhere_else() -> None:
    places = [running.APPROVED, running.WAITING, running.FALLEN, running.CHANGED]
    places += [running.LATE, running.RETURNED]
    assert sorted(places) == sorted(agency.id for agency in data.agencies(data.KULON_PROGO))


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_on_every_day_somebody_is_late_and_nothing_lies_ahead(today: date) -> None:
    """Whatever the day on which somebody begins the demonstration."""
    now, before = running_cycle(today), last_cycle(today)
    acts = [day for day in astuple(now) if isinstance(day, date)]
    order = [now.opened, now.guidance, now.plan, now.decree_drafted, now.decree_handed_over, now.socialised]
    order += [now.filled, now.handed_in, now.returned, now.approved, now.handed_in_again, today]
    assert order == sorted(order)
    assert max(acts) <= today
    assert now.year in years(now.opened)
    assert now.opened >= date(now.year - 1, 1, 1)
    assert before.year == now.year - 1
    assert before.archived < today <= date(now.year + 1, 3, 31)
    due = due_date(sops()[CURRENT].step("filling"), now.socialised, seed()).due_on
    assert now.handed_in <= due < today
