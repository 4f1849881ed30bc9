"""Sessions and the ways of signing in."""

import base64
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from shared.access import login, session
from shared.access.login import LoginNotAllowed
from shared.access.session import SessionInvalid

NOW = datetime(2026, 2, 17, 3, 0, tzinfo=UTC)
SECRET = "s" * 40


def test_a_session_names_its_person_until_it_ends() -> None:
    token = session.issue("sri", secret=SECRET, now=NOW, lifetime=timedelta(hours=1))
    assert session.read(token, secret=SECRET, now=NOW + timedelta(minutes=59)).person == "sri"
    with pytest.raises(SessionInvalid):
        session.read(token, secret=SECRET, now=NOW + timedelta(hours=1))


def test_two_sessions_of_a_person_are_different() -> None:
    ids = {session.read(session.issue("sri", secret=SECRET, now=NOW), secret=SECRET, now=NOW).id for _ in range(2)}
    assert len(ids) == 2


def test_a_session_carries_no_role_and_no_secret() -> None:
    body = session.issue("sri", secret=SECRET, now=NOW).split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    assert set(claims) == {"iss", "sub", "jti", "iat", "exp"}


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "jejak", "sub": "sri", "jti": "1"},
        {"iss": "other", "sub": "sri", "jti": "1", "exp": NOW + timedelta(hours=1)},
        {"iss": "jejak", "jti": "1", "exp": NOW + timedelta(hours=1)},
    ],
    ids=["endless", "foreign issuer", "nobody"],
)
def test_a_token_that_says_too_little_is_none(claims: dict[str, object]) -> None:
    with pytest.raises(SessionInvalid):
        session.read(jwt.encode(claims, SECRET, algorithm="HS256"), secret=SECRET, now=NOW)


def test_a_token_without_signature_is_none() -> None:
    claims = {"iss": "jejak", "sub": "sri", "jti": "1", "exp": NOW + timedelta(hours=1)}
    with pytest.raises(SessionInvalid):
        session.read(jwt.encode(claims, None, algorithm="none"), secret=SECRET, now=NOW)


def test_a_token_of_another_algorithm_is_none() -> None:
    claims = {"iss": "jejak", "sub": "sri", "jti": "1", "exp": NOW + timedelta(hours=1)}
    with pytest.raises(SessionInvalid):
        session.read(jwt.encode(claims, SECRET * 2, algorithm="HS512"), secret=SECRET * 2, now=NOW)


def test_choosing_a_person_is_for_trying_out() -> None:
    login.check("development", "development")


@pytest.mark.parametrize(
    ("mode", "way", "sentence"),
    [
        ("production", "development", "tidak boleh dipakai bersama JEJAK_MODE=production"),
        ("production", "oidc", "belum tersedia"),
        ("development", "oidc", "belum tersedia"),
        ("development", "ldap", "JEJAK_LOGIN=ldap"),
        ("staging", "development", "JEJAK_MODE=staging"),
    ],
)
def test_every_other_way_is_refused_with_a_sentence(mode: str, way: str, sentence: str) -> None:
    with pytest.raises(LoginNotAllowed, match=sentence):
        login.check(mode, way)
