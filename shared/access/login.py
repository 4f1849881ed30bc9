"""Which ways of signing in an installation allows, one or several.
Development login (choose a person) and production exclude each other.
"""

from typing import Final, Literal, cast

Mode = Literal["development", "production"]
Way = Literal["development", "oidc", "local"]
WAYS: Final = ("development", "oidc", "local")
SECOND_FACTOR: Final = frozenset({"kabag", "tim_spm", "arsiparis", "inspektur", "operator"})
"""Roles that must show a second factor where nothing else is told."""


class LoginNotAllowed(Exception):
    """The settings ask for a way of signing in that must not or can not be."""


def ways(text: str) -> tuple[Way, ...]:
    """The ways that a setting names by comma. Raises ValueError for none, an unknown or a repeated one."""
    named = [name.strip() for name in text.split(",")]
    if set(named) - set(WAYS) or len(named) != len(set(named)):
        raise ValueError
    return cast("tuple[Way, ...]", tuple(named))


def check(mode: str, login: str, *, providers: bool) -> None:
    """Raises LoginNotAllowed with one sentence for the operator; called while settings are read, before
    anything listens. `providers`: whether identity providers are told.
    """
    if mode not in {"development", "production"}:
        raise LoginNotAllowed(f"JEJAK_MODE={mode} tidak dikenal; pilih development atau production.")
    try:
        allowed = ways(login)
    except ValueError:
        raise LoginNotAllowed(
            f"JEJAK_LOGIN={login[:80]} tidak dikenal; "
            "pilih development, oidc atau local, beberapa dengan koma."
        ) from None
    if mode == "production" and "development" in allowed:
        raise LoginNotAllowed(
            "Masuk dengan memilih nama (JEJAK_LOGIN=development) tidak boleh dipakai bersama "
            "JEJAK_MODE=production."
        )
    if "oidc" in allowed and not providers:
        raise LoginNotAllowed(
            "JEJAK_LOGIN memuat oidc, jadi JEJAK_OIDC harus menyebut berkas penyedia identitas."
        )
