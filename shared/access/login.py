"""Which way of signing in an installation allows.
Development login (choose a person) and production exclude each other.
"""

from typing import Literal

Mode = Literal["development", "production"]
Login = Literal["development", "oidc"]


class LoginNotAllowed(Exception):
    """The settings ask for a way of signing in that must not or can not be."""


def check(mode: str, login: str) -> None:
    """Raises LoginNotAllowed with one sentence for the operator;
    called while settings are read, before anything listens.
    """
    if mode not in {"development", "production"}:
        raise LoginNotAllowed(f"JEJAK_MODE={mode} tidak dikenal; pilih development atau production.")
    if login == "oidc":
        raise LoginNotAllowed(
            "JEJAK_LOGIN=oidc belum tersedia di versi ini; masuk melalui penyedia identitas menyusul."
        )
    if login != "development":
        raise LoginNotAllowed(f"JEJAK_LOGIN={login} tidak dikenal; pilih development.")
    if mode == "production":
        raise LoginNotAllowed(
            "Masuk dengan memilih nama (JEJAK_LOGIN=development) tidak boleh dipakai bersama "
            "JEJAK_MODE=production."
        )
