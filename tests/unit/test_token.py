"""Tokens: what their secrets look like, who may be given one, what one may never do."""

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from services.intake.domain.entering.token import EndToken, GiveToken, RenewToken, token
from shared.access import permissions
from shared.contracts import secret_text
from shared.contracts.fields import NotPlain, Text, plain
from shared.contracts.persons.token import TokenEnded, TokenGiven, TokenRenewed
from shared.eventsourcing.commands import gate
from shared.eventsourcing.commands.decider import Refused
from shared.logging import mask
from tests.support.given_when_then import Given
from tests.unit.test_gate import NOW
from tests.unit.test_gate_every_command import COMMANDS

DAY, YEAR = date(2026, 8, 3), date(2027, 8, 3)
SAID: dict[str, Any] = {
    "region": "3402",
    "token": "3402-sipd",
    "role": "unsur_opd",
    "agency": "dinkes",
    "holder": "sri",
    "purpose": "SIPD",
    "valid_until": YEAR,
    "by": "hesti",
    "occurred_on": DAY,
}
GIVEN = TokenGiven(**SAID, number=1)
ENDED = TokenEnded(region="3402", token="3402-sipd", reason="Bocor.", by="hesti", occurred_on=DAY)


def given(*history: object) -> Given:
    return Given(token, history)


def give(**said: Any) -> GiveToken:
    return GiveToken(**{**SAID, **said})


def renew(**said: Any) -> RenewToken:
    own = {name: SAID[name] for name in ("region", "token", "valid_until", "by", "occurred_on")}
    return RenewToken(**{**own, **said})


def end(reason: str = "Bocor.") -> EndToken:
    return EndToken(region="3402", token="3402-sipd", reason=reason, by="hesti", occurred_on=DAY)


def test_a_token_is_given_renewed_and_ended_for_good() -> None:
    given().when(give()).then(GIVEN)
    renewed = TokenRenewed(
        region="3402", token="3402-sipd", number=2, valid_until=YEAR, by="hesti", occurred_on=DAY
    )
    given(GIVEN).when(renew()).then(renewed)
    given(GIVEN, renewed).when(end()).then(ENDED)
    given(GIVEN, ENDED).when(end()).then()
    given(GIVEN, ENDED).when(renew()).refused("token-closed")
    given(GIVEN, ENDED).when(give()).refused("token-known", field="name")
    given().when(renew()).refused("token-unknown", field="token")
    given().when(end()).refused("token-unknown", field="token")


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ({"holder": "hesti"}, "token-to-oneself", "holder"),
        ({"purpose": " "}, "purpose-missing", "purpose"),
        ({"valid_until": date(2026, 8, 2)}, "token-over", "valid_until"),
        ({"valid_until": date(2027, 8, 5)}, "token-too-long", "valid_until"),
        ({"token": "3403-sipd"}, "token-elsewhere", "name"),
    ],
)
def test_a_token_is_refused(said: dict[str, Any], code: str, field: str) -> None:
    given().when(give(**said)).refused(code, field=field)


def test_nobody_renews_the_own_token_and_nobody_ends_one_without_a_reason() -> None:
    given(GIVEN).when(renew(by="sri")).refused("token-to-oneself", field="holder")
    given(GIVEN).when(end(" ")).refused("reason-missing", field="reason")


@pytest.mark.parametrize("role", ["kabag", "operator", "raja"])
def test_no_token_is_lent_an_office_that_keeps_people(role: str) -> None:
    with pytest.raises(Refused) as refusal:
        gate.admit(give(role=role), gate.at("settings", NOW))
    assert refusal.value.field == "role"


def test_who_gives_tokens_may_give_the_offices_that_they_are_lent() -> None:
    table = permissions.load().commands
    for name in ("GiveToken", "RenewToken"):
        assert table[f"intake.{name}"].items() <= table["intake.GiveOffice"].items()


# What demands a person


def by_token() -> Iterator[str]:
    for command in COMMANDS:
        if getattr(command, "by_token", False):
            yield f"{command.__module__.split('.')[1]}.{command.__name__}"


def test_the_rules_and_the_table_let_a_token_do_the_same() -> None:
    table = permissions.load()
    assert set(by_token()) == table.tokens & table.commands.keys()


def test_the_gate_refuses_a_token_whatever_demands_a_person() -> None:
    for command in COMMANDS:
        made: Any = object.__new__(command)
        gate.admit_subject("sri", made)
        if not getattr(command, "by_token", False):
            with pytest.raises(Refused) as refusal:
                gate.admit_subject("token:3402-sipd", made)
            assert refusal.value.code == "person-demanded"


@pytest.mark.parametrize(
    "name",
    [
        *("intake.HandIn", "intake.AttachSignedSheet", "intake.GiveOffice", "intake.GiveToken"),
        *("intake.RenewToken", "intake.EndToken", "intake.JoinLogin", "intake.InviteAccount"),
        *("verification.ApproveSubmission", "verification.ReturnSubmission", "verification.EndorseReport"),
        *("documents.IssueTeamDecree", "documents.HandOver", "archive.CloseCycle", "intake.OpenCycle"),
        *("intake.tokens", "intake.people", "intake.sessions", "intake.accounts", "intake.parked"),
    ],
)
def test_this_demands_a_person(name: str) -> None:
    assert name not in permissions.load().tokens


# The secret


def test_a_secret_is_known_by_its_form_and_a_slip_is_seen() -> None:
    rng = random.Random(7)
    for _ in range(200):
        secret = secret_text.fresh()
        assert secret_text.is_secret(secret)
        assert len(secret) == 55
        place = rng.randrange(6, 54)
        swapped = secret[:place] + secret[place + 1] + secret[place] + secret[place + 2 :]
        other = secret[:place] + ("A" if secret[place] != "A" else "B") + secret[place + 1 :]
        assert swapped == secret or not secret_text.is_secret(swapped)
        for wrong in (other, secret[:-1], secret + "A", secret.upper(), secret.replace("jejak_", "jejak-")):
            assert not secret_text.is_secret(wrong), wrong
    assert len({secret_text.fresh() for _ in range(1000)}) == 1000


@pytest.mark.parametrize("around", ["{}", "token: {}.", "https://x/?t={}&a=1", "jejak_{}x", "a\n{}", "{}A"])
def test_no_text_that_holds_a_secret_is_recorded_or_logged(around: str) -> None:
    secret = secret_text.fresh()
    text = around.format(secret)
    with pytest.raises(NotPlain) as refusal:
        plain(text, Text(2000, lines=True))
    assert refusal.value.code == "text-secret"
    line = mask(None, "", {"event": text, "path": text})
    assert secret not in str(line)


def test_a_text_that_only_looks_like_one_is_taken() -> None:
    for text in ("jejak_audit", f"jejak_{'A' * 49}", "jejak_" * 300):
        assert plain(text, Text(2000)) == text
    assert len(plain("jejak_" + "a" * 1990, Text(2000))) == 1996
