"""The demonstration is complete, sound under the rules, and labelled for what it is."""

from pathlib import Path

from deploy.demo import data
from shared.access.people import load
from shared.spm.catalogue import current
from shared.spm.index import compute
from shared.spm.rules import findings

PEOPLE = load(Path(data.__file__).parent / "people.toml")


def test_every_service_is_assigned_to_exactly_one_agency() -> None:
    assigned = [entry.service for agency in data.agencies() for entry in agency.assigned]
    assert sorted(assigned) == sorted(current().services)


def test_every_service_has_a_figure_that_may_be_handed_in() -> None:
    figures = data.figures()
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


def test_the_demonstration_has_an_index() -> None:
    index = compute(current(), data.figures())
    assert index.whole is not None
    assert all(value is not None for value in index.urusan.values())


def test_every_agency_has_an_officer_and_every_role_a_person() -> None:
    officers = {
        office.agency
        for person in PEOPLE.persons.values()
        for office in person.offices
        if office.role == "unsur_opd"
    }
    assert officers == {agency.id for agency in data.agencies()}
    roles = {office.role for person in PEOPLE.persons.values() for office in person.offices}
    assert roles == {"kabag", "subkoordinator", "unsur_opd", "tim_spm", "arsiparis", "inspektur", "operator"}


def test_nobody_who_verifies_may_endorse() -> None:
    verifiers = {
        person.id
        for person in PEOPLE.persons.values()
        for office in person.offices
        if office.role == "tim_spm"
    }
    endorsers = {
        person.id for person in PEOPLE.persons.values() for office in person.offices if office.role == "kabag"
    }
    assert not verifiers & endorsers
    assert len(verifiers) > 1


def test_the_region_is_named() -> None:
    assert data.region() == ("3402", "Kabupaten Bantul")
