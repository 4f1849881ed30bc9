"""A certificate that is given: which pair a door takes, which it refuses and why, until when."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from deploy.front_door import certificate, settings
from deploy.front_door.settings import DoorSettings
from deploy.local import caddy
from deploy.messages import CannotStart
from tests.unit.pairs import DAY, NOW, Authority, Pair

NAME = "jejak.contohkab.go.id"
OURS = Authority()


def looked_at(pair: Pair, folder: Path, domain: str = NAME) -> certificate.Certificate:
    return certificate.looked_at(*pair.put(folder), domain)[2]


@pytest.mark.parametrize("names", [(NAME,), ("x.go.id", NAME), ("*.contohkab.go.id",), (NAME.upper(),)])
def test_a_pair_for_our_name_is_taken(names: tuple[str, ...], tmp_path: Path) -> None:
    assert looked_at(OURS.pair(*names), tmp_path).covers(NAME)


def encrypted(key: bytes) -> bytes:
    read = serialization.load_pem_private_key(key, password=None)
    kept = serialization.BestAvailableEncryption(b"s")
    return read.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, kept)


GOOD, OTHER = OURS.pair(NAME), OURS.pair(NAME)


@pytest.mark.parametrize(
    ("pair", "key"),
    [
        (OURS.pair("contohkab.go.id"), "certificate-name"),
        (OURS.pair("*.go.id"), "certificate-name"),
        (OURS.pair(), "certificate-name"),
        (Pair(GOOD.certificate, OTHER.key), "certificate-key"),
        (Pair(OURS.pem + GOOD.certificate, GOOD.key), "certificate-key"),
        (Pair(GOOD.certificate, b""), "certificate-key"),
        (Pair(GOOD.certificate, encrypted(GOOD.key)), "certificate-key"),
        (Pair(GOOD.certificate[: len(GOOD.certificate) // 4], GOOD.key), "certificate-unreadable"),
        (Pair(b"", GOOD.key), "certificate-unreadable"),
        (Pair(b"\xff" * 1_000_000, GOOD.key), "certificate-unreadable"),
        (Pair(GOOD.key, GOOD.key), "certificate-unreadable"),
    ],
)
def test_one_that_no_browser_could_be_served_with_is_refused(pair: Pair, key: str, tmp_path: Path) -> None:
    with pytest.raises(CannotStart) as refused:
        looked_at(pair, tmp_path)
    assert refused.value.key == key
    assert b"PRIVATE" not in str(refused.value).encode()


def test_a_refused_pair_leaves_the_one_of_before(tmp_path: Path) -> None:
    pem, key = GOOD.put(tmp_path / "given")
    door = DoorSettings(tls="files", domain=NAME, certificate=pem, key=key)
    assert caddy.take_certificate(tmp_path, door)
    assert not caddy.take_certificate(tmp_path, door), "the same again is no other one"
    pem.write_bytes(OTHER.certificate)  # half of a change: the key comes later
    with pytest.raises(CannotStart, match=r"key\.pem"):
        caddy.take_certificate(tmp_path, door)
    own = caddy.own_certificate(tmp_path)
    assert (own / "certificate.pem").read_bytes() == GOOD.certificate
    assert own.stat().st_mode & 0o077 == (own / "key.pem").stat().st_mode & 0o077 == 0
    key.write_bytes(OTHER.key)
    assert caddy.take_certificate(tmp_path, door)
    assert (own / "certificate.pem").read_bytes() == OTHER.certificate


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        (NOW - 9 * DAY, NOW + 90 * DAY, ""),
        (NOW - 300 * DAY, NOW + 20 * DAY, "certificate-soon"),
        (NOW - DAY / 4, NOW + DAY / 4, ""),
        (NOW - DAY / 4, NOW + DAY / 24, "certificate-soon"),
        (NOW - 9 * DAY, NOW - DAY, "certificate-expired"),
        (NOW + DAY, NOW + 90 * DAY, "certificate-early"),
    ],
)
def test_what_is_said_of_its_time(begins: object, ends: object, said: str, tmp_path: Path) -> None:
    found = looked_at(OURS.pair(NAME, begins=begins, ends=ends), tmp_path)
    assert certificate.state_of(found) == said, "also an expired one is served: who mends it needs the door"


WRONG = {
    "JEJAK_HTTPS_PORT": ("http", "-1", "65536", "٤٤٣", "9" * 5000),
    "JEJAK_HTTP_PORT": ("80 ", "8.0"),
    "JEJAK_ACME_DIRECTORY": ("http://acme.go.id/directory", "acme.go.id", "https://a b/"),
    "JEJAK_ACME_ROOT": ("/nowhere",),
    "JEJAK_TLS_CERTIFICATE": ("/nowhere",),
    "JEJAK_TLS_KEY": ("/nowhere",),
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values if value != "80 "]
)
def test_each_setting_of_the_door_that_cannot_be_is_said_by_its_name(name: str, value: str) -> None:
    with pytest.raises(CannotStart, match=name):
        settings.read({name: value})


def test_files_need_both_files_and_a_name(tmp_path: Path) -> None:
    with pytest.raises(CannotStart) as refused:
        settings.read({"JEJAK_TLS": "files"})
    for name in ("JEJAK_DOMAIN", "JEJAK_TLS_CERTIFICATE", "JEJAK_TLS_KEY"):
        assert name in str(refused.value)


def test_one_port_for_both_is_refused() -> None:
    with pytest.raises(CannotStart) as refused:
        settings.read({"JEJAK_HTTPS_PORT": "8443", "JEJAK_HTTP_PORT": "8443"})
    assert refused.value.key == "one-port-twice"
