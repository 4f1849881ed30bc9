"""What a browser keeps for us while it is away at a provider, and how a device is called."""

import base64
import hashlib

import pytest

from shared.access.oidc.attempt import LASTS_S, LONGEST_TARGET, Attempt, Seal
from shared.web.device import device

KEY = b"k" * 32


def test_an_attempt_comes_back_as_it_went() -> None:
    attempt = Attempt(provider="diy", target="/isian")
    assert Seal(KEY).open(Seal(KEY).seal(attempt)) == attempt


def test_no_two_attempts_are_alike_and_none_shows_itself() -> None:
    one, other = (Attempt(provider="diy", target="/") for _ in range(2))
    secrets = {one.state, one.nonce, one.verifier, other.state, other.nonce, other.verifier}
    assert len(secrets) == 6
    assert min(map(len, secrets)) >= 43
    assert not [secret for secret in secrets if secret in repr(one)]
    assert not [secret for secret in secrets if secret in Seal(KEY).seal(one)]


def test_the_challenge_is_pkce_with_sha256() -> None:
    attempt = Attempt(provider="diy", target="/")
    digest = base64.urlsafe_b64decode(attempt.challenge + "=")
    assert digest == hashlib.sha256(attempt.verifier.encode()).digest()
    assert "=" not in attempt.challenge


def test_what_we_did_not_seal_is_nothing() -> None:
    sealed = Seal(KEY).seal(Attempt(provider="diy", target="/"))
    for other in (
        *("", "x", "ü", "A" * 5_000),
        *(sealed[:-1], sealed[::-1], f"{sealed[:50]}{'AB'[sealed[50] == 'A']}{sealed[51:]}"),
        Seal(b"o" * 32).seal(Attempt(provider="diy", target="/")),
        Seal(KEY).closed("{}"),
        Seal(KEY).closed('{"provider": 1}'),
    ):
        assert Seal(KEY).open(other) is None


def test_it_lasts_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    seal, at = Seal(KEY), 1_800_000_000
    attempt = Attempt(provider="diy", target="/")
    monkeypatch.setattr("time.time", lambda: at)
    sealed = seal.seal(attempt)
    monkeypatch.setattr("time.time", lambda: at + LASTS_S)
    assert seal.open(sealed) == attempt
    monkeypatch.setattr("time.time", lambda: at + LASTS_S + 1)
    assert seal.open(sealed) is None


@pytest.mark.parametrize("target", ["/" + "a" * LONGEST_TARGET, "/" + "é" * 700])
def test_it_fits_into_a_cookie_whatever_somebody_wants_to_open(target: str) -> None:
    sealed = Seal(KEY).seal(Attempt(provider="d" * 31, target=target))
    assert len(sealed) < 3_800
    opened = Seal(KEY).open(sealed)
    assert opened is not None
    assert opened.target == "/"
    longest = Seal(KEY).seal(Attempt(provider="d" * 31, target="/" + "é" * 499))
    assert len(longest) < 3_800


CHROME = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0 {}Safari/537.36"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (CHROME.format("Windows NT 10.0; Win64; x64", ""), "Chrome · Windows"),
        (CHROME.format("Linux; Android 16; K", "Mobile "), "Chrome · Android"),
        (CHROME.format("Windows NT 10.0", "") + " Edg/153.0", "Edge · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Safari/604.1",
            "Safari · iPhone",
        ),
        ("e-office/2.1", "e-office"),
        ("", ""),
        ("<script>", ""),
        ("\u202eabc", ""),
        ("a" * 1_000_000, "a" * 39),
    ],
)
def test_a_device_is_called_by_a_few_words(said: str, words: str) -> None:
    assert device(said) == words
