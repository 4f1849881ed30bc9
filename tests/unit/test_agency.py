"""Rules of agencies and their services."""

from dataclasses import replace
from datetime import date

from services.intake.domain.agency import AssignService, RegisterAgency, agency
from shared.contracts.intake import AgencyRegistered, ServiceAssigned
from tests.support.given_when_then import Given

DAY = date(2026, 8, 3)
REGISTER = RegisterAgency(
    agency="dinkes", name="Dinas Kesehatan", short_name="Dinkes", by="ratna", occurred_on=DAY
)
REGISTERED = AgencyRegistered(
    agency="dinkes", name="Dinas Kesehatan", short_name="Dinkes", by="ratna", occurred_on=DAY
)
ASSIGN = AssignService(
    agency="dinkes",
    service="kes.balita",
    valid_from=date(2026, 1, 1),
    valid_until=None,
    by="ratna",
    occurred_on=DAY,
)
ASSIGNED = ServiceAssigned(
    agency="dinkes",
    service="kes.balita",
    valid_from=date(2026, 1, 1),
    valid_until=None,
    by="ratna",
    occurred_on=DAY,
)


def given(*history: object) -> Given:
    return Given(agency, history)


def test_an_agency_is_registered() -> None:
    given().when(REGISTER).then(REGISTERED)


def test_the_same_name_again_is_no_news() -> None:
    given(REGISTERED).when(REGISTER).then()


def test_an_agency_can_be_renamed() -> None:
    given(REGISTERED).when(replace(REGISTER, short_name="Dinkes Bantul")).then(
        replace(REGISTERED, short_name="Dinkes Bantul")
    )


def test_an_agency_needs_both_names() -> None:
    given().when(replace(REGISTER, name=" ")).refused("name-missing", field="name")
    given().when(replace(REGISTER, short_name="")).refused("name-missing", field="short_name")


def test_a_service_is_assigned_from_a_day() -> None:
    given(REGISTERED).when(ASSIGN).then(ASSIGNED)


def test_the_same_assignment_again_is_no_news() -> None:
    given(REGISTERED, ASSIGNED).when(ASSIGN).then()


def test_an_assignment_can_be_ended() -> None:
    end = date(2026, 12, 31)
    given(REGISTERED, ASSIGNED).when(replace(ASSIGN, valid_until=end)).then(
        replace(ASSIGNED, valid_until=end)
    )


def test_an_unknown_agency_gets_no_service() -> None:
    given().when(ASSIGN).refused("agency-unknown", field="agency")


def test_an_unknown_service_is_refused() -> None:
    given(REGISTERED).when(replace(ASSIGN, service="kes.ayam")).refused("service-unknown", field="service")


def test_an_assignment_does_not_end_before_it_begins() -> None:
    given(REGISTERED).when(replace(ASSIGN, valid_until=date(2025, 12, 31))).refused(
        "dates-reversed", field="valid_until"
    )


def test_a_service_may_be_assigned_for_a_single_day() -> None:
    day = date(2026, 1, 1)
    given(REGISTERED).when(replace(ASSIGN, valid_until=day)).then(replace(ASSIGNED, valid_until=day))
