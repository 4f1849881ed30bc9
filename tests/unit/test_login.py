"""Which ways of signing in an installation allows."""

import itertools

import pytest

from shared.access import login
from shared.access.login import WAYS, LoginNotAllowed


@pytest.mark.parametrize(
    ("mode", "ways"),
    [
        ("development", "development"),
        ("development", "oidc"),
        ("development", "development, oidc"),
        ("production", "oidc"),
        ("production", "local"),
        ("production", "oidc,local"),
        ("development", "development,local"),
    ],
)
def test_what_is_allowed(mode: str, ways: str) -> None:
    login.check(mode, ways, providers=True)


@pytest.mark.parametrize(
    ("mode", "ways", "sentence"),
    [
        ("production", "development", "tidak boleh dipakai bersama JEJAK_MODE=production"),
        ("development", "ldap", "JEJAK_LOGIN=ldap"),
        ("development", "", "JEJAK_LOGIN="),
        ("development", "oidc,,", "JEJAK_LOGIN=oidc,,"),
        ("development", "oidc,oidc", "JEJAK_LOGIN=oidc,oidc"),
        ("production", "oidc local", "JEJAK_LOGIN=oidc local"),
        ("staging", "development", "JEJAK_MODE=staging"),
    ],
)
def test_every_other_way_is_refused_with_a_sentence(mode: str, ways: str, sentence: str) -> None:
    with pytest.raises(LoginNotAllowed, match=sentence):
        login.check(mode, ways, providers=True)


def test_choosing_a_person_never_comes_along_into_production() -> None:
    for number in range(1, len(WAYS) + 1):
        for ways in itertools.permutations(WAYS, number):
            if "development" in ways:
                with pytest.raises(LoginNotAllowed):
                    login.check("production", ",".join(ways), providers=True)


def test_a_way_by_providers_needs_some() -> None:
    with pytest.raises(LoginNotAllowed, match="JEJAK_OIDC"):
        login.check("production", "oidc", providers=False)
