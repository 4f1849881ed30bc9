"""Which ways of signing in an installation allows."""

import pytest

from shared.access import login
from shared.access.login import LoginNotAllowed


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
