"""Which passwords may be chosen, how a keyboard may compose them, and that argon2 sees none that is none."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.access.local import passwords
from shared.access.local.passwords import HASHER, LONGEST, SHORTEST, Hashing, WeakPassword, check, prepared

PERSONAL = ("Sri Lestari", "198001012005012001", "sri", "Dinas Kesehatan")
GOOD = (
    "tujuh kuda hijau makan soto",
    "k3reta-lewat-di-Sedayu",
    "hujan turun di atas seng",
    "Xq8!vP2#nL5$",
    "мой пароль длинный",
    "Kéreta lewat Sédayu",
)


@pytest.mark.parametrize("password", GOOD)
def test_a_long_password_of_any_kind_may_be_chosen(password: str) -> None:
    check(prepared(password), PERSONAL)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("pendek", "paling sedikit 12"),
        ("a" * 11, "paling sedikit 12"),
        ("x" * (LONGEST + 1), f"paling banyak {LONGEST}"),
        ("a" * 1_000_000, f"paling banyak {LONGEST}"),
        ("aaaaaaaaaaaa", "sering dipakai"),
        ("abcabcabcabc", "sering dipakai"),
        ("123456789012", "sering dipakai"),
        ("abcdefghijklm", "sering dipakai"),
        ("password1234", "sering dipakai"),
        ("PassWord2026!", "sering dipakai"),
        ("1qaz2wsx3edc", "sering dipakai"),
        ("qwertyuiop2026", "sering dipakai"),
        ("Indonesia1945", "sering dipakai"),
        ("sayangku2024!!", "sering dipakai"),
        ("ｐａｓｓｗｏｒｄ１２３４", "sering dipakai"),
        ("lestari-di-dinas", "lestari"),
        ("LESTARI 12345678", "lestari"),
        ("mulai198001012005012001", "198001012005012001"),
        ("orang kesehatan satu", "kesehatan"),
        ("baris\nbaru di sini", "tidak terlihat"),
        ("nol\u200blebar di sini", "tidak terlihat"),
    ],
)
def test_what_others_would_try_first_is_refused_with_why(password: str, why: str) -> None:
    with pytest.raises(WeakPassword, match=why):
        check(prepared(password), PERSONAL)


def test_every_password_of_the_list_is_refused() -> None:
    listed = passwords._common()
    let_through = []
    for password in listed:
        if len(password) >= SHORTEST:
            try:
                check(password)
            except WeakPassword:
                continue
            let_through.append(password)
    assert let_through == []
    assert len([one for one in listed if len(one) >= SHORTEST]) > 250


@given(some.text(min_size=1, max_size=60))
def test_a_password_is_the_same_however_the_keyboard_composed_it(text: str) -> None:
    apart = unicodedata.normalize("NFD", text)
    assert prepared(apart) == prepared(text)
    assert prepared(prepared(text)) == prepared(text)


def test_every_space_is_a_space() -> None:
    assert prepared("dua\u00a0kata\u3000saja") == "dua kata saja"


async def test_what_was_kept_is_argon2id_with_its_parameters_and_knows_its_password_alone() -> None:
    hashing = Hashing()
    kept = await hashing.hash(GOOD[0])
    assert kept.startswith(f"$argon2id$v=19$m={64 * 1024},t=3,p=4$")
    assert await hashing.matches(kept, GOOD[0], known=True)
    assert not await hashing.matches(kept, GOOD[0] + " ", known=False)
    assert not await hashing.matches(hashing.nobody, GOOD[0], known=False)
    assert not await hashing.matches("$argon2id$broken", GOOD[0], known=False)
    assert not passwords.is_outdated(kept)
    assert passwords.is_outdated(HASHER.hash(GOOD[0]).replace("t=3", "t=2"))


@pytest.mark.parametrize("text", ["", "a" * (LONGEST + 1), "a" * 1_000_000])
def test_argon2_is_never_fed_what_is_no_password(text: str) -> None:
    assert not passwords.fits(text)
