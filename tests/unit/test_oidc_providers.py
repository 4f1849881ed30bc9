"""The file of identity providers: every mistake is one sentence that names it, before anything starts."""

from pathlib import Path

import pytest

from deploy.local.service_process import PEOPLE
from shared.access.oidc.providers import ProvidersInvalid, is_safe, load
from shared.settings import read
from shared.settings_told import SettingsError
from tests.support import keys
from tests.unit.test_settings import RIGHT

GOOD = """
[[provider]]
id = "diy"
name = "Akun Pemda DIY"
issuer = "https://sso.example.go.id/realms/pegawai"
client_id = "jejak"
client_secret_file = "diy.secret"
"""
SECRET = "s3kr3t-of-the-client"


def file_of(folder: Path, text: str = GOOD, secret: str | None = SECRET) -> Path:
    if secret is not None:
        (folder / "diy.secret").write_text(f"{secret}\n", encoding="utf-8")
    path = folder / "oidc.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_provider_is_read_and_its_secret_lies_beside_it(tmp_path: Path) -> None:
    (provider,) = load(file_of(tmp_path))
    assert (provider.id, provider.nip_claim, provider.scope) == ("diy", "nip", "openid profile email")
    assert provider.secret() == SECRET
    assert SECRET not in repr(provider)


def test_a_public_client_has_no_secret(tmp_path: Path) -> None:
    (provider,) = load(file_of(tmp_path, GOOD.replace('client_secret_file = "diy.secret"', "")))
    assert provider.secret() == ""


def test_there_may_be_several(tmp_path: Path) -> None:
    second = GOOD.replace('"diy"', '"pusat"').replace("pegawai", "pusat")
    assert [one.id for one in load(file_of(tmp_path, GOOD + second))] == ["diy", "pusat"]


WRONG = {
    "no TOML": ("[[provider", "no TOML"),
    "nothing": ("", "one [[provider]] or more"),
    "something else": ("x = 1\n" + GOOD, "one [[provider]] or more"),
    "a table": ("[provider]\nid='x'", "one [[provider]] or more"),
    "no table": ("provider = [1]", "must be a table"),
    "twice": (GOOD + GOOD, "id diy stands there twice"),
    "one issuer twice": (GOOD + GOOD.replace('"diy"', '"dua"'), "issuer https"),
    "unknown": (GOOD + 'client_secret = "s3kr3t"', "client_secret is not known"),
    "missing": (GOOD.replace("client_id", "scope"), "client_id is missing"),
    "number": (GOOD.replace('"jejak"', "7"), "client_id must be a text"),
    "empty": (GOOD.replace('"jejak"', '" "'), "client_id must be a text"),
    "two lines": (GOOD.replace('"jejak"', '"je\\njak"'), "client_id must be a text"),
    "id of a path": (GOOD.replace('"diy"', '"../diy"'), "small letters"),
    "http": (GOOD.replace("https:", "http:"), "begins with https"),
    "with a query": (GOOD.replace("pegawai", "pegawai?x=1"), "begins with https"),
    "without an end": (GOOD.replace("pegawai", "p" * 300), "begins with https"),
    "no openid": (GOOD + 'scope = "profile"', "must hold openid"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_mistake_is_said(tmp_path: Path, what: str) -> None:
    text, sentence = WRONG[what]
    with pytest.raises(ProvidersInvalid) as error:
        load(file_of(tmp_path, text))
    assert sentence in str(error.value)
    assert "s3kr3t" not in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "address",
    [
        *("http://sso.example", "ftp://x", "https://", "https://u:p@h", "https://h/#x", "https://h:x"),
        *("http://[::", 7, None, "javascript:alert(1)", "//h", "https:///x"),
    ],
)
def test_codes_go_to_no_unsafe_address(address: object) -> None:
    assert not is_safe(address)


@pytest.mark.parametrize("address", ["https://sso.example/x?y=1", "http://127.0.0.1:8080/realms/x"])
def test_they_go_by_https_or_stay_on_this_machine(address: str) -> None:
    assert is_safe(address)


TOLD = {**RIGHT, "JEJAK_PEOPLE": str(PEOPLE), "JEJAK_MODE": "production", "JEJAK_LOGIN": "oidc"}


def test_production_starts_with_providers_and_not_without(tmp_path: Path) -> None:
    told = read("archive", {**TOLD, "JEJAK_OIDC": str(file_of(tmp_path))})
    assert (told.mode, told.login, [one.id for one in told.providers]) == ("production", ("oidc",), ["diy"])
    with pytest.raises(SettingsError, match="JEJAK_OIDC"):
        read("archive", TOLD)


def test_a_mistake_in_the_file_is_one_sentence_about_the_setting(tmp_path: Path) -> None:
    wrong = file_of(tmp_path, WRONG["http"][0])
    with pytest.raises(SettingsError) as error:
        read("archive", {**TOLD, "JEJAK_OIDC": str(wrong)})
    (sentence,) = error.value.faults
    assert sentence.startswith("JEJAK_OIDC must be")
    assert "begins with https" in sentence


def test_only_who_signs_people_in_reads_the_secret(tmp_path: Path) -> None:
    told = {**TOLD, "JEJAK_OIDC": str(file_of(tmp_path, secret=None))}
    assert read("archive", told).providers
    intake = {**told, **keys.told("intake")}
    with pytest.raises(SettingsError, match="JEJAK_OIDC names a secret that cannot be used"):
        read("intake", intake)
    (tmp_path / "diy.secret").write_text(" \n", encoding="utf-8")
    with pytest.raises(SettingsError, match="is empty"):
        read("intake", intake)
    (tmp_path / "diy.secret").write_text(SECRET, encoding="utf-8")
    assert SECRET not in repr(read("intake", intake))
