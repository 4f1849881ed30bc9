"""Rules of logins: who somebody at a provider is here."""

from dataclasses import replace
from datetime import date

import pytest

from services.intake.domain.entering.login import MOST_REQUESTS, JoinLogin, PartLogin, RequestLogin, login
from shared.contracts.persons.login import LoginJoined, LoginParted, LoginRequested
from tests.support.given_when_then import Given

DAY, NIP = date(2027, 1, 18), "198503122010012003"
LOGIN = "7d" * 32
SAID = {"login": LOGIN, "issuer": "https://sso.example.go.id", "nip": NIP, "email": "", "name": "Sri"}
REQUEST = RequestLogin(**SAID, occurred_on=DAY)
REQUESTED = LoginRequested(**SAID, occurred_on=DAY)
JOIN = JoinLogin(login=LOGIN, person="sri", known_nip=NIP, by="hesti", occurred_on=DAY)
JOINED = LoginJoined(login=LOGIN, person="sri", by="hesti", occurred_on=DAY)
PART = PartLogin(login=LOGIN, reason="Pindah penyedia.", by="hesti", occurred_on=DAY)
PARTED = LoginParted(login=LOGIN, person="sri", reason="Pindah penyedia.", by="hesti", occurred_on=DAY)


def given(*history: object) -> Given:
    return Given(login, history)


def test_somebody_unknown_asks_once() -> None:
    given().when(REQUEST).then(REQUESTED)
    given(REQUESTED).when(REQUEST).then()
    given(REQUESTED).when(replace(REQUEST, occurred_on=date(2027, 2, 1))).then()


@pytest.mark.parametrize("field", ["nip", "email", "name"])
def test_what_the_provider_says_anew_is_told(field: str) -> None:
    given(REQUESTED).when(replace(REQUEST, **{field: "lain"})).then(replace(REQUESTED, **{field: "lain"}))


def test_who_changes_his_name_again_and_again_fills_no_log() -> None:
    many = [replace(REQUESTED, name=str(number)) for number in range(MOST_REQUESTS - 1)]
    given(*many).when(REQUEST).then(REQUESTED)
    given(*many, REQUESTED).when(replace(REQUEST, name="lagi")).then()


def test_an_official_says_who_it_is() -> None:
    given(REQUESTED).when(JOIN).then(JOINED)
    given(REQUESTED, JOINED).when(JOIN).then()
    given(REQUESTED, JOINED).when(REQUEST).then()


def test_nobody_says_it_of_himself() -> None:
    given(REQUESTED).when(replace(JOIN, by="sri")).refused("login-own", field="person")
    given(REQUESTED, JOINED).when(replace(JOIN, by="sri")).refused("login-own", field="person")


def test_a_login_is_one_person_only() -> None:
    given(REQUESTED, JOINED).when(replace(JOIN, person="agus", known_nip="")).refused(
        "login-joined", field="person"
    )


def test_nothing_is_joined_that_did_not_ask() -> None:
    given().when(JOIN).refused("login-unknown", field="person")
    given(REQUESTED, JOINED, PARTED).when(JOIN).refused("login-unknown", field="person")


def test_another_nip_is_another_person() -> None:
    given(REQUESTED).when(replace(JOIN, known_nip="1" * 18)).refused(
        "login-nip-differs", field="person", said=NIP, known="1" * 18
    )


@pytest.mark.parametrize(("said", "known"), [("", NIP), (NIP, ""), ("", "")])
def test_where_one_side_knows_no_nip_the_official_alone_answers(said: str, known: str) -> None:
    given(replace(REQUESTED, nip=said)).when(replace(JOIN, known_nip=known)).then(JOINED)


def test_the_nip_that_was_said_last_counts() -> None:
    given(REQUESTED, replace(REQUESTED, nip="1" * 18)).when(JOIN).refused("login-nip-differs", field="person")


def test_it_is_parted_with_a_reason_and_may_ask_again() -> None:
    given(REQUESTED, JOINED).when(PART).then(PARTED)
    given(REQUESTED, JOINED, PARTED).when(PART).then()
    given(REQUESTED, JOINED, PARTED).when(REQUEST).then(REQUESTED)
    given(REQUESTED, JOINED, PARTED, REQUESTED).when(replace(JOIN, person="agus", known_nip="")).then(
        replace(JOINED, person="agus")
    )


def test_a_reason_is_needed_and_something_to_part() -> None:
    given(REQUESTED, JOINED).when(replace(PART, reason=" ")).refused("reason-missing", field="reason")
    given().when(PART).refused("login-not-joined")
    given(REQUESTED).when(PART).refused("login-not-joined")
