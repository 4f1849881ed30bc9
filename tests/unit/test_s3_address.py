"""The S3 address: read from one line, written to one line, its secret never shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.objects.address import BadAddress, S3Address

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


def test_an_address_is_read_from_its_url() -> None:
    assert S3Address.from_url("http://kunci:rahasia@127.0.0.1:8333") == S3Address(
        "127.0.0.1:8333", "kunci", "rahasia"
    )


def test_tls_region_and_a_host_without_port() -> None:
    found = S3Address.from_url("https://a:b@s3.example.go.id?region=ap-southeast-3")
    assert found == S3Address("s3.example.go.id", "a", "b", secure=True, region="ap-southeast-3")


def test_an_ipv6_host_keeps_its_brackets() -> None:
    assert S3Address.from_url("http://a:b@[::1]:9000").endpoint == "[::1]:9000"


@given(access=words, secret=words, secure=st.booleans())
def test_what_is_written_is_read_back(access: str, secret: str, secure: bool) -> None:
    address = S3Address("127.0.0.1:9000", access, secret, secure=secure)
    assert S3Address.from_url(address.url) == address


def test_the_secret_does_not_show() -> None:
    assert "rahasia" not in repr(S3Address("h:1", "kunci", "rahasia"))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a:b@h:1",
        "http://",
        "http://h:9000",
        "http://a@h:9000",
        "http://:rahasia@h:9000",
        "http://a:rahasia@h:99999",
        "http://a:rahasia@:9000",
        "",
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_naming_the_secret(url: str) -> None:
    with pytest.raises(BadAddress) as refusal:
        S3Address.from_url(url)
    assert "rahasia" not in str(refusal.value)
