"""Codes of an app, signed cookies of browsers, and what counts as one address."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.access.local import codes, passkeys
from shared.access.local.limits import LIMITS, Devices, network_of
from shared.access.local.passkeys import NotThePasskey, Site

KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # the secret of RFC 6238, appendix B
NOW = datetime(2026, 2, 17, 3, 42, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_the_standard(at: int, code: str) -> None:
    assert codes.step_of(KEY, code, datetime.fromtimestamp(at, UTC)) == at // 30


@pytest.mark.parametrize(("late", "counts"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_code_counts_for_its_own_step_and_one_beside_it(late: int, counts: bool) -> None:
    code = pyotp.TOTP(KEY).at(NOW)
    assert (codes.step_of(KEY, code, NOW + timedelta(seconds=late)) is not None) == counts


@given(some.text(max_size=60))
def test_nothing_else_is_a_code(text: str) -> None:
    found = codes.step_of(KEY, text, NOW)
    digits = "".join(sign for sign in text if sign in "0123456789")
    near = {pyotp.TOTP(KEY).at(NOW + timedelta(seconds=30 * step)) for step in (-1, 0, 1)}
    assert found is None or digits in near


@pytest.mark.parametrize("text", ["٢٨٧٠٨٢", "28708", "2870822", "287 082 1", "a" * 1_000_000, ""])
def test_six_digits_of_ascii_are_asked_for(text: str) -> None:
    assert codes.step_of(KEY, text, datetime.fromtimestamp(59, UTC)) is None


def test_a_code_is_read_as_apps_show_it() -> None:
    assert codes.step_of(KEY, "287 082", datetime.fromtimestamp(59, UTC)) == 1


def test_the_picture_holds_the_address_for_the_app() -> None:
    address = codes.address_of(KEY, "sri", "Jejak")
    assert address.startswith("otpauth://totp/Jejak:sri?secret=" + KEY)
    assert codes.picture_of(address).startswith("data:image/svg+xml")


def test_a_browser_is_known_by_a_cookie_of_ours_for_this_person_alone() -> None:
    devices = Devices(b"key")
    cookie = devices.fresh("sri")
    assert devices.known("sri", cookie)
    assert devices.cookie_of("sri") != devices.cookie_of("ratna")
    nonce, _, seal = cookie.partition(".")
    for forged in (
        "",
        ".",
        cookie[:-1],
        f"{nonce}.{seal[::-1]}",
        f"{nonce[::-1]}.{seal}",
        f"{nonce}é.{seal}",
        "é",
    ):
        assert devices.known("sri", forged) == ""
    assert devices.known("ratna", cookie) == ""
    assert Devices(b"another").known("sri", cookie) == ""
    assert Devices(b"key").known("sri", cookie) == nonce


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:db8::1", "2001:db8:0:ff:1::2", True),
        ("2001:db8::1", "2001:db8:0:100::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("fe80::1%eth0", "fe80::1", True),
        ("unix:", "testclient", True),
    ],
)
def test_what_counts_as_one_address(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) == same


def test_a_code_cannot_be_guessed_in_a_year_of_trying() -> None:
    a_year = LIMITS["code-day"].most * 365 * 3 / 10**6
    assert a_year < 0.05


@pytest.mark.parametrize("address", ["http://127.0.0.1:8400", "https://[::1]", "http://10.1.2.3"])
def test_no_passkey_is_offered_where_browsers_make_none(address: str) -> None:
    assert not Site(address).can
    assert Site("https://jejak.example.go.id").can
    assert Site("http://localhost:8400").can


@given(
    some.text(max_size=200)
    | some.sampled_from(['{"id": 7}', '{"response": {"clientDataJSON": "e30"}}', "[]"])
)
def test_an_answer_that_is_none_is_no_passkey(text: str) -> None:
    for ask in (
        lambda: passkeys.challenge_of(text),
        lambda: passkeys.registered(Site("https://jejak.test"), "f1", "AAAA", text),
        lambda: passkeys.signed_by(Site("https://jejak.test"), [], "AAAA", text),
    ):
        with pytest.raises(NotThePasskey):
            ask()


@pytest.mark.parametrize("text", ["[" * 10_000, "{" + '"a":1,' * 10_000, "9" * 1_000_000])
def test_a_monster_is_no_passkey(text: str) -> None:
    with pytest.raises(NotThePasskey):
        passkeys.challenge_of(text)
