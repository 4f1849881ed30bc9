"""What `jejak init` and `jejak up` refuse before anything is started, each with one sentence."""

from pathlib import Path

import pytest

from tests.faults.terminal import jejak
from tests.unit.pairs import Authority

PRODUCTION = {"JEJAK_MODE": "production"}


@pytest.mark.parametrize(
    ("words", "told", "sentence"),
    [
        (["--fresh"], {"JEJAK_TLS": "internal"}, "throws no data away"),
        (["--parts", "embedded"], {"JEJAK_TLS": "internal"}, "needs a real Apache Kafka"),
        ([], {}, "needs TLS"),
        ([], {"JEJAK_TLS": "internal"}, "JEJAK_LOGIN"),
    ],
)
def test_in_production(tmp_path: Path, words: list[str], told: dict[str, str], sentence: str) -> None:
    (tmp_path / "kept").write_text("of an office")
    refused = jejak("up", *words, "--data", tmp_path, **PRODUCTION, **told)
    assert refused.returncode == 1
    assert sentence in refused.stderr
    assert "Traceback" not in refused.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["kept"], "nothing was thrown away or begun"


def test_init_without_answers_and_without_anybody_to_ask_writes_nothing(tmp_path: Path) -> None:
    refused = jejak("init", tmp_path / "new", "--region", "3402")
    assert refused.returncode == 1
    assert "--domain" in refused.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--domain", "http://a/b"], "JEJAK_DOMAIN must be a name"),
        (["--region", "12"], "JEJAK_REGION must be"),
        (["--login", "development"], "JEJAK_LOGIN"),
        (["--tls", "on"], "JEJAK_TLS=on"),
        (["--listen", "elsewhere"], "JEJAK_LISTEN must be an IP address"),
        (["--mail", "nobody"], "JEJAK_ACME_MAIL must be a mail address"),
        (["--domain", "no-such-name.invalid"], "DNS does not know no-such-name.invalid"),
    ],
)
def test_init_says_each_answer_that_cannot_be(tmp_path: Path, words: list[str], sentence: str) -> None:
    issuer = ["--issuer", "https://sso.example.go.id"]
    good = [*issuer, "--domain", "localhost", "--region", "3402", "--tls", "public", "--mail", "a@b.go.id"]
    told = jejak("init", tmp_path / "new", *good, *words)
    assert told.returncode == 1
    assert sentence in told.stdout
    assert (tmp_path / "new" / "settings.toml").exists(), "it is mended there"


def test_init_in_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused = jejak("init", tmp_path / "file" / "new", "--domain", "localhost", "--region", "3402")
    assert refused.returncode == 1
    assert len(refused.stderr.strip().splitlines()) == 1
    assert "could not be written" in refused.stderr


def test_doctor_of_a_folder_with_broken_settings_says_where(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("JEJAK_DOMAIN = ")
    refused = jejak("doctor", "--data", tmp_path)
    assert refused.returncode == 1
    assert "settings.toml" in refused.stderr


def test_files_without_the_key_are_said(tmp_path: Path) -> None:
    certificate, _ = Authority().pair("localhost").put(tmp_path / "tls")
    words = ["--domain", "localhost", "--region", "3402", "--certificate", str(certificate)]
    told = jejak("init", tmp_path / "new", *words)
    assert told.returncode == 1
    assert "JEJAK_TLS_KEY is not set" in told.stdout
