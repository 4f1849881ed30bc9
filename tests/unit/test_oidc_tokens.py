"""Tokens of a provider: what is good is believed, and whatever else a token can be is not."""

import json
import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.access.oidc.tokens import (
    LONGEST,
    Identity,
    Logout,
    TokenRefused,
    identity_of,
    key_id,
    login_of,
    logout_of,
    signed,
)
from tests.oidc import keys
from tests.oidc.keys import ACCESS, NONCE, NOW, PROVIDER, claims, goodbye, token

KEYS = {
    "1": keys.public(keys.RSA, "1", "RS256"),
    "pss": keys.public(keys.RSA, "pss", "PS256"),
    "ec": keys.public(keys.EC, "ec", "ES256"),
    "ed": keys.public(keys.ED, "ed", "EdDSA"),
    "short": keys.public(keys.SHORT, "short", "RS256"),
}


def read(text: str) -> Any:
    """What the pages do with a token: the key that it names, then its signature."""
    named = key_id(text)
    key = jwt.PyJWK(KEYS.get(named or "1", KEYS["1"]))
    return signed(text, key), key.algorithm_name


def who(text: str, *, nonce: str = NONCE, access: str = ACCESS, now: Any = NOW) -> Identity:
    said, alg = read(text)
    return identity_of(said, PROVIDER, nonce=nonce, access_token=access, alg=alg, now=now)


def gone(text: str, now: Any = NOW) -> Logout:
    return logout_of(read(text)[0], PROVIDER, now=now)


def test_a_good_token_says_who_signed_in() -> None:
    found = who(token(claims()))
    assert (found.login, found.issuer) == (login_of(PROVIDER.issuer, "f:4711:sri"), PROVIDER.issuer)
    assert (found.nip, found.email, found.name) == ("198503122010012003", "sri@example.go.id", "Sri Lestari")
    assert found.provider_session not in {"", "provider-session-1"}
    assert found.issued_at == int(NOW.timestamp())


@pytest.mark.parametrize(
    ("kid", "key", "alg", "size"),
    [
        ("1", keys.RSA, "RS256", 256),
        ("pss", keys.RSA, "PS256", 256),
        ("ec", keys.EC, "ES256", 256),
        ("ed", keys.ED, "EdDSA", 512),
    ],
)
def test_every_kind_of_key_pair_may_sign(kid: str, key: Any, alg: str, size: int) -> None:
    assert who(token(claims(at_hash=keys.half(ACCESS, size)), key, alg, kid)).name == "Sri Lestari"


def test_several_audiences_and_less_than_everything_are_fine() -> None:
    assert who(token(claims(aud=["jejak", "lain"])))
    found = who(token(claims(sid=None, at_hash=None, azp=None, nip=None, email=None, name=None)))
    assert (found.provider_session, found.nip, found.email, found.name) == ("", "", "", "")


AT = int(NOW.timestamp())
BAD: dict[str, tuple[Callable[[], str], str]] = {
    "nonce of another attempt": (lambda: token(claims(nonce="lain")), "nonce"),
    "no nonce": (lambda: token(claims(nonce=None)), "nonce"),
    "nonce that is no text": (lambda: token(claims(nonce=["x"])), "nonce"),
    "another issuer": (lambda: token(claims(iss="https://jahat.example")), "issuer"),
    "issuer with a slash more": (lambda: token(claims(iss=f"{PROVIDER.issuer}/")), "issuer"),
    "no issuer": (lambda: token(claims(iss=None)), "issuer"),
    "another audience": (lambda: token(claims(aud="lain")), "audience"),
    "audiences without us": (lambda: token(claims(aud=["lain", "lagi"])), "audience"),
    "audience that holds our name": (lambda: token(claims(aud="jejak-lain")), "audience"),
    "audience as a table": (lambda: token(claims(aud={"jejak": 1})), "audience"),
    "no audience": (lambda: token(claims(aud=None)), "audience"),
    "several audiences, no azp": (lambda: token(claims(aud=["jejak", "lain"], azp=None)), "azp"),
    "for another client": (lambda: token(claims(azp="lain")), "azp"),
    "expired": (lambda: token(claims(exp=AT - 61)), "expired"),
    "never expires": (lambda: token(claims(exp=None)), "exp"),
    "expiry that is no number": (lambda: token(claims(exp="2099")), "exp"),
    "expiry that is true": (lambda: token(claims(exp=True)), "exp"),
    "expiry beyond all time": (lambda: _signed_text('{"exp": 1e999}'), "issuer"),
    "from the future": (lambda: token(claims(iat=AT + 61)), "clock"),
    "not to be used yet": (lambda: token(claims(nbf=AT + 61)), "clock"),
    "issued long ago": (lambda: token(claims(iat=AT - 601)), "clock"),
    "no time of issue": (lambda: token(claims(iat=None)), "iat"),
    "of no subject": (lambda: token(claims(sub=None)), "sub"),
    "of an empty subject": (lambda: token(claims(sub="")), "sub"),
    "of a subject without end": (lambda: token(claims(sub="s" * 256)), "sub"),
    "of a subject that turns letters": (lambda: token(claims(sub="sri\u202e")), "sub"),
    "of a subject of two lines": (lambda: token(claims(sub="sri\nsid")), "sub"),
    "session that is no text": (lambda: token(claims(sid=7)), "sid"),
    "another access token": (lambda: token(claims(at_hash=keys.half("lain"))), "at-hash"),
    "hash of no access token": (lambda: token(claims(at_hash=7)), "at_hash"),
    "a logout token": (lambda: token(goodbye(nonce=NONCE)), "kind"),
    "signed by nobody": (lambda: keys.by_hand({"alg": "none", "kid": "1"}, claims()), "algorithm"),
    "signed by Nobody": (lambda: keys.by_hand({"alg": "NoNe", "kid": "1"}, claims()), "algorithm"),
    "no algorithm": (lambda: keys.by_hand({"kid": "1"}, claims()), "shape"),
    "algorithm that is no text": (lambda: keys.by_hand({"alg": ["RS256"]}, claims()), "shape"),
    "public key as secret": (
        lambda: keys.by_hand({"alg": "HS256", "kid": "1"}, claims(), keys.pem(keys.RSA)),
        "algorithm",
    ),
    "public key as secret, said to be RSA": (
        lambda: keys.by_hand({"alg": "RS256", "kid": "1"}, claims(), keys.pem(keys.RSA)),
        "signature",
    ),
    "signed by somebody else": (lambda: token(claims(), keys.OTHER), "signature"),
    "another algorithm of the same key": (lambda: token(claims(), keys.RSA, "RS512"), "algorithm"),
    "a key of another kind": (lambda: token(claims(), keys.EC, "ES256", "1"), "algorithm"),
    "too short a key": (lambda: token(claims(), keys.SHORT, "RS256", "short"), "key"),
    "signature cut off": (lambda: token(claims()).rpartition(".")[0] + ".", "signature"),
    "body exchanged": (lambda: _exchanged(token(claims()), token(claims(sub="budi"))), "signature"),
    "header that must be understood": (lambda: token(claims(), crit=["x"], x=1), "shape"),
    "key brought along": (
        lambda: token(claims(), keys.OTHER, jwk=keys.public(keys.OTHER, "1", "RS256")),
        "signature",
    ),
    "claims said twice": (
        lambda: _signed_text(json.dumps(claims())[:-1] + ', "sub": "budi"}'),
        "shape",
    ),
    "no claims": (lambda: _signed_text("[]"), "shape"),
    "claims nested without end": (lambda: _signed_text("[" * 5_000 + "]" * 5_000), "shape"),
    "1 MB": (lambda: token(claims(x="x" * 1_000_000)), "shape"),
    "nothing": (str, "shape"),
    "three dots": (lambda: "...", "shape"),
    "no token": (lambda: "a.b.c", "shape"),
    "five parts": (lambda: token(claims()) + ".x.y", "shape"),
}


def _exchanged(one: str, other: str) -> str:
    return ".".join([one.split(".", maxsplit=1)[0], other.split(".")[1], one.split(".")[2]])


def _signed_text(text: str) -> str:
    return jwt.PyJWS().encode(text.encode(), keys.RSA, "RS256", {"kid": "1"})


@pytest.mark.parametrize("what", BAD)
def test_nothing_else_is_believed(what: str) -> None:
    make, code = BAD[what]
    with pytest.raises(TokenRefused) as refused:
        who(make())
    assert refused.value.code == code


@pytest.mark.parametrize("value", [math.inf, math.nan, -1, 2**53, "1", True, None, [1]])
@pytest.mark.parametrize("name", ["iat", "exp", "nbf"])
def test_a_moment_is_a_moment(name: str, value: Any) -> None:
    if value is None and name == "nbf":
        return  # it may be left out
    said = {**claims(), "": "", name: value}
    with pytest.raises(TokenRefused):
        identity_of(said, PROVIDER, nonce=NONCE, access_token=ACCESS, alg="RS256", now=NOW)


@pytest.mark.parametrize("seconds", [-59, 0, 59])
def test_clocks_may_differ_by_a_minute(seconds: int) -> None:
    other = NOW + timedelta(seconds=seconds)
    assert who(token(claims(now=other, exp=int(other.timestamp()) + 1)))


def test_a_longer_token_than_any_is_not_looked_at() -> None:
    with pytest.raises(TokenRefused):
        key_id("a" * (LONGEST + 1))


@pytest.mark.parametrize(
    "value", ["", "x", "1" * 17, "1" * 19, "19850312201001200３", 198503122010012003, ["1"], None]
)
def test_what_is_no_nip_is_none(value: object) -> None:
    assert who(token(claims(nip=value))).nip == ""


@pytest.mark.parametrize("value", [False, "true", 1, None])
def test_an_address_that_the_provider_did_not_verify_is_none(value: object) -> None:
    assert who(token(claims(email_verified=value))).email == ""


@pytest.mark.parametrize("value", ["a\u202eb", "x" * 201, "a\0b", "a\nb", 7, {}, "\u200b"])
def test_a_name_that_no_record_should_hold_is_none(value: object) -> None:
    assert who(token(claims(name=value))).name == ""


def test_a_good_logout_token_says_who_signed_out() -> None:
    out, entered = gone(token(goodbye())), who(token(claims()))
    assert (out.login, out.provider_session) == (entered.login, entered.provider_session)
    assert gone(token(goodbye(sid=None))).provider_session == ""
    assert gone(token(goodbye(sub=None))).login == ""
    assert gone(token(goodbye(exp=None), typ="logout+jwt"))
    assert gone(token(goodbye(aud=["lain", "jejak"])))
    assert gone(token(goodbye(jti="message-2"))).message != out.message


EVENT = "http://schemas.openid.net/event/backchannel-logout"
NO_GOODBYE: dict[str, tuple[Callable[[], str], str]] = {
    "an ID token": (lambda: token(claims()), "kind"),
    "an ID token with events": (lambda: token(claims(events={EVENT: {}}, jti="x")), "kind"),
    "another kind by its header": (lambda: token(goodbye(), typ="at+jwt"), "kind"),
    "another event": (lambda: token(goodbye(events={"lain": {}})), "kind"),
    "events that are no table": (lambda: token(goodbye(events=[EVENT])), "kind"),
    "an event that is no table": (lambda: token(goodbye(events={EVENT: True})), "kind"),
    "of nobody": (lambda: token(goodbye(sub=None, sid=None)), "subject"),
    "no number": (lambda: token(goodbye(jti=None)), "jti"),
    "number that is no text": (lambda: token(goodbye(jti=1)), "jti"),
    "another issuer": (lambda: token(goodbye(iss="https://jahat.example")), "issuer"),
    "another audience": (lambda: token(goodbye(aud="lain")), "audience"),
    "old": (lambda: token(goodbye(iat=AT - 601, exp=None)), "expired"),
    "expired": (lambda: token(goodbye(exp=AT - 61)), "expired"),
    "from the future": (lambda: token(goodbye(iat=AT + 61)), "clock"),
    "no time": (lambda: token(goodbye(iat=None)), "iat"),
    "signed by somebody else": (lambda: token(goodbye(), keys.OTHER), "signature"),
    "signed by nobody": (lambda: keys.by_hand({"alg": "none"}, goodbye()), "algorithm"),
}


@pytest.mark.parametrize("what", NO_GOODBYE)
def test_nobody_else_signs_anybody_out(what: str) -> None:
    make, code = NO_GOODBYE[what]
    with pytest.raises(TokenRefused) as refused:
        gone(make())
    assert refused.value.code == code


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3),
    max_leaves=6,
)


@given(name=st.sampled_from(sorted(claims())), value=JSON)
def test_whatever_a_claim_is_it_is_believed_or_refused(name: str, value: object) -> None:
    said = {**claims(), "": "", name: value}
    try:
        found = identity_of(said, PROVIDER, nonce=NONCE, access_token=ACCESS, alg="RS256", now=NOW)
    except TokenRefused:
        return
    assert found.issuer == PROVIDER.issuer
    assert len(found.name) <= 200
    assert len(found.login) == 64


@given(text=st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")))
def test_whatever_a_token_is_it_is_refused(text: str) -> None:
    with pytest.raises(TokenRefused):
        who(text)
