"""Settings: every one that is missing or wrong is said at once, in one sentence that names the variable,
without a secret and without a traceback.
"""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.service_process import PEOPLE
from shared.process import main
from shared.service_names import SERVICES
from shared.settings import TOLD, read
from shared.settings_told import SettingsError
from tests.support import keys

HIDDEN = "s3kr3t-that-must-not-show"
RIGHT = {
    "JEJAK_DATABASE_URL": f"postgresql://jejak:{HIDDEN}@127.0.0.1:5432/jejak_intake",
    "JEJAK_OWNER_DATABASE_URL": f"postgresql://owner:{HIDDEN}@[::1]/jejak_intake?sslmode=require",
    "JEJAK_KAFKA": f"intake:{HIDDEN}@127.0.0.1:9092,[::1]:9093",
    "JEJAK_S3": f"https://key:{HIDDEN}@s3.example.go.id",
    "JEJAK_ACCESS_DATABASE_URL": f"postgresql://jejak_access_intake:{HIDDEN}@127.0.0.1:5432/jejak_access",
    "JEJAK_FEED_SECRETS": f"intake={HIDDEN}",
    "JEJAK_FEED_ASKERS": "intake=" + "0" * 64,
    "JEJAK_CHECKPOINT_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "JEJAK_PEOPLE": str(PEOPLE),
    **keys.told("archive"),
}
WRONG: dict[str, tuple[str, ...]] = {
    "JEJAK_DATABASE_URL": (
        f"mysql://a:{HIDDEN}@h/d",
        f"postgresql://a:{HIDDEN}@h",
        f"postgresql://a:{HIDDEN}@h:x/d",
        f"postgresql://:{HIDDEN}@h/d",
        f"postgresql://a:{HIDDEN}@h:99999/d",
        f"postgresql://a:{HIDDEN}@h:5432,i:99999/d?target_session_attrs=read-write",
        f"postgresql://a:{HIDDEN}@h:5432,i:5432/d",
        f"postgresql://a:{HIDDEN}@h:5432,i:5432/d?target_session_attrs=any",
        "jejak",
    ),
    "JEJAK_OWNER_DATABASE_URL": (f"a:{HIDDEN}@h/d",),
    "JEJAK_KAFKA": (
        f"u:{HIDDEN}@127.0.0.1",
        "127.0.0.1:kafka",
        "127.0.0.1:9092,",
        f":{HIDDEN}@127.0.0.1:9092",
        "h:99999",
        "h:٩٠٩٢",
    ),
    "JEJAK_S3": (
        f"ftp://a:{HIDDEN}@h:1",
        "http://h:1",
        f"http://a:{HIDDEN}@:1",
        f"http://a:{HIDDEN}@h:x",
        f"http://[a:{HIDDEN}@h",
    ),
    "JEJAK_S3_WORK_BUCKET": ("A", "jejak_work", "-jejak"),
    "JEJAK_S3_ARCHIVE_BUCKET": ("ab", "jejak/archive"),
    "JEJAK_ACCESS_DATABASE_URL": (f"a:{HIDDEN}@h/d", f"postgresql://a:{HIDDEN}@h"),
    "JEJAK_LONGEST_LOCK_DAYS": ("0", "3654", "10 years"),
    "JEJAK_SESSION_IDLE_MINUTES": ("0", "1441", "2h", "1.5"),
    "JEJAK_SESSION_LONGEST_HOURS": ("0", "169", "12 h"),
    "JEJAK_FEED_SECRETS": ("intake=s3kr3t", f"payroll={HIDDEN}", HIDDEN),
    "JEJAK_FEED_ASKERS": ("intake=s3kr3t", f"intake={HIDDEN}", "payroll=" + "0" * 64, "intake=" + "G" * 64),
    "JEJAK_CHECKPOINT_KEY": ("s3kr3t", "AAEC", "kunci rahasia", "é"),
    "JEJAK_SIGNING_KEY": ("s3kr3t", "AAEC", "é"),
    "JEJAK_PRODUCER_KEYS": (
        "intake",
        keys.told("archive")["JEJAK_PRODUCER_KEYS"].replace("archive=", "payroll="),
        keys.told("archive")["JEJAK_PRODUCER_KEYS"].replace("=", "=+"),
        keys.told("archive")["JEJAK_PRODUCER_KEYS"].rpartition(",")[0],
        keys.told("archive")["JEJAK_PRODUCER_KEYS"].replace("archive=", "archive=" + "0" * 64 + ",archive="),
    ),
    "JEJAK_MODE": ("staging",),
    "JEJAK_LOGIN": ("nobody", "oidc,oidc"),
    "JEJAK_SECOND_FACTOR": ("raja", "kabag,,operator", "kabag operator", "none,kabag"),
    "JEJAK_OIDC": ("/nowhere/oidc.toml", __file__, "/"),
    "JEJAK_HOST": ("http://127.0.0.1", "a b"),
    "JEJAK_PORT": ("abc", "-1", "65536", "8400.5", "٨٤٠٠", "9" * 5000),
    "JEJAK_GROUND": ("/nowhere/at/all", "/,/nowhere"),
    "JEJAK_HOSTS": ("intake:8401", "http://intake", "a b"),
    "JEJAK_PUBLIC_URL": (
        "jejak.go.id",
        "ftp://jejak.go.id",
        "https://",
        "https://jejak.go.id/path",
        "https://jejak.go.id:abc",
        "https://[::1",
    ),
    "JEJAK_FEEDS": (
        "intake",
        "intake=",
        "payroll=http://h:1",
        "intake=http://a:1,intake=http://b:1",
        "intake=h:1",
        "intake=http://h:x",
        "intake=http://a:1+",
        "intake=http://a:1+b:2",
    ),
    "JEJAK_PEOPLE": ("/nowhere/people.toml", __file__, "/"),
    "JEJAK_LETTERS": ("/nowhere/letters", __file__, "\0"),
    "JEJAK_REGION": ("34.02", "bantul", "٣٤٠٢", "34021"),
    "JEJAK_KAFKA_EMBEDDED": ("yes", "2"),
    "JEJAK_NODE": ("a b", "a/b"),
    "JEJAK_METRICS_SECRET": ("short", f"{HIDDEN}é"),
    "JEJAK_OIDC_RECHECK_MINUTES": ("0", "1441", "soon"),
    "JEJAK_TRACES": (
        "traces",
        "ftp://h/",
        "http://",
        "https://u:secret@h/v1",
        "http://h:x",
        "http://h?a",
        __file__,
    ),
    "JEJAK_BACKUP_EVERY_HOURS": ("0", "745", "daily"),
    "JEJAK_CERTIFICATE_EVERY_DAYS": ("0", "367", "weekly"),
    "JEJAK_COMPARE_EVENTS": ("0", "many", "100001"),
    "JEJAK_COMPARE_MIB": ("0", "1.5"),
    "JEJAK_COMPARE_REST": ("0", "soon", "-1"),
    "JEJAK_LOG_LEVEL": ("loud", "10"),
    "JEJAK_DB_POOL_SIZE": ("many", "1", "501", "8.0"),
    "JEJAK_DB_POOL_WAIT": ("soon", "0", "-1", "1e3", "inf", "nan"),
    "JEJAK_DB_STATEMENT_TIMEOUT": ("10s", "0", "100000"),
}


def faults(environment: dict[str, str], service: str = "archive") -> tuple[str, ...]:
    with pytest.raises(SettingsError) as error:
        read(service, environment)
    return error.value.faults


def test_the_table_knows_every_setting() -> None:
    assert set(WRONG) == set(TOLD)


def test_what_is_right_is_taken_and_secrets_do_not_show() -> None:
    settings = read(
        "archive",
        RIGHT
        | {
            "JEJAK_FEEDS": "intake=http://127.0.0.1:8401/",
            "JEJAK_DATABASE_URL": "postgresql://a:b@h:1,[::1]:2/d?target_session_attrs=read-write",
            "JEJAK_LOG_LEVEL": "WARNING",
            "JEJAK_PORT": "8404",
        },
    )
    assert (settings.port, settings.log_level, dict(settings.feeds)) == (
        8404,
        "warning",
        {"intake": "http://127.0.0.1:8401"},
    )
    assert HIDDEN not in repr(settings)
    assert RIGHT["JEJAK_CHECKPOINT_KEY"] not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, wrong in WRONG.items() for value in wrong]
)
def test_a_wrong_value_is_one_sentence_about_its_variable(name: str, value: str) -> None:
    (sentence,) = faults(RIGHT | {name: value})
    assert "\n" not in sentence
    assert len(sentence) < 600
    assert name in sentence or value in sentence, "the login's own sentences name both variables"
    assert HIDDEN not in sentence
    assert "s3kr3t" not in sentence


def test_everything_wrong_is_said_at_once_in_the_order_of_the_settings() -> None:
    said = faults({name: wrong[0] for name, wrong in WRONG.items()})
    assert [sentence.split()[0] for sentence in said] == list(TOLD)


def test_everything_missing_is_said_at_once() -> None:
    required = [name for name in TOLD if TOLD[name].is_required()]
    assert [sentence.split()[0] for sentence in faults({}, "intake")] == required
    assert [sentence.split()[0] for sentence in faults(dict.fromkeys(TOLD, " "), "intake")] == required, (
        "nothing but spaces is nothing"
    )
    assert any("JEJAK_CHECKPOINT_KEY" in sentence for sentence in faults({}, "archive"))


@pytest.mark.parametrize("name", list(TOLD))
def test_every_setting_can_come_from_a_file(name: str, tmp_path: Path) -> None:
    value = RIGHT.get(name) or {"JEJAK_MODE": "development"}.get(name, WRONG[name][0])
    file = tmp_path / "value"
    file.write_text(f"{value}\n", encoding="utf-8")
    rest = {key: told for key, told in RIGHT.items() if key != name}
    if name in RIGHT or name == "JEJAK_MODE":
        read("archive", rest | {f"{name}_FILE": str(file)})
    else:
        assert faults(rest | {f"{name}_FILE": str(file)}) == faults(rest | {name: value})
    (both,) = faults(RIGHT | {name: value, f"{name}_FILE": str(file)})
    assert both.startswith(f"{name} and {name}_FILE are both set")


@pytest.mark.parametrize("name", list(TOLD))
def test_a_file_that_cannot_be_read_is_said(name: str, tmp_path: Path) -> None:
    rest = {key: told for key, told in RIGHT.items() if key != name}
    no_text = tmp_path / "no-text"
    no_text.write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "missing", tmp_path, no_text):
        (sentence,) = faults(rest | {f"{name}_FILE": str(path)})
        assert f"{name}_FILE" in sentence
        assert str(path) in sentence


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_every_service_says_it_and_exits_with_2(
    service: str, command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in os.environ if name.startswith("JEJAK_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("JEJAK_PORT", "abc")
    assert main(importlib.import_module(f"services.{service}.__main__").SERVICE, [command]) == 2
    said = capsys.readouterr().err
    assert "JEJAK_PORT must be" in said
    assert "JEJAK_DATABASE_URL is not set" in said
    assert ("JEJAK_OWNER_DATABASE_URL is not set" in said) == (command == "migrate")


def test_a_process_says_it_without_a_traceback() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JEJAK_")}
    argv = [sys.executable, "-m", "services.documents", "serve"]
    ended = subprocess.run(
        argv,
        env=environment | {"JEJAK_LOG_LEVEL": "loud"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    assert "JEJAK_LOG_LEVEL must be one of" in ended.stderr
