"""What `jejak up`, `play` and `bench` are told through the environment:
all faults at once and before anything starts, for every setting there is.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from deploy.front_door import settings as door_settings
from deploy.local import told
from deploy.local.instance import Instance
from deploy.local.service_process import SAID_BY_US
from deploy.local.told import OF_SERVERS
from deploy.local.wanted import Existing
from deploy.messages import CannotStart
from shared.access.__main__ import main as access
from shared.service_names import SERVICES
from shared.settings import TOLD
from tests.unit.test_settings import HIDDEN, WRONG

INHERITED = [name for name in TOLD if name not in SAID_BY_US]
OF_THE_DOOR = {
    "JEJAK_TLS": "on",
    "JEJAK_DOMAIN": "http://a/b",
    "JEJAK_LISTEN": "!!",
    "JEJAK_ACME_MAIL": "nobody",
}
OWN = [f"{name}_{service.upper()}" for name in ("JEJAK_KAFKA", "JEJAK_S3") for service in SERVICES]


def everything_wrong() -> dict[str, str]:
    wrong = {name: WRONG[name][0] for name in (*INHERITED, *OF_SERVERS)}
    own = {name: WRONG[name.rpartition("_")[0]][0] for name in OWN}
    return {**wrong, **own, **OF_THE_DOOR, "JEJAK_CACHE": "/proc/cache"}


def sentences(environment: Mapping[str, str]) -> str:
    with pytest.raises(CannotStart) as reason:
        told.look(Existing.from_environment(environment), environment)
    return str(reason.value)


def test_every_fault_is_said_at_once_by_its_name_and_without_a_secret() -> None:
    environment = everything_wrong()
    said = sentences(environment)
    for name in environment:
        assert [line for line in said.splitlines() if line.startswith((f"{name} ", f"{name}="))], (
            f"{name} is not in:\n{said}"
        )
    assert HIDDEN not in said


@pytest.mark.parametrize("name", everything_wrong())
def test_each_fault_alone_is_said_too(name: str) -> None:
    given = {"JEJAK_KAFKA": "127.0.0.1:9092", "JEJAK_S3": "http://a:b@127.0.0.1:1"} if name in OWN else {}
    assert name in sentences({**given, name: everything_wrong()[name]})


@pytest.mark.parametrize("name", [*INHERITED, *OF_SERVERS])
def test_a_file_that_is_not_there_is_said(name: str) -> None:
    assert f"{name}_FILE names /nowhere" in sentences({f"{name}_FILE": "/nowhere"})


def test_a_server_may_be_named_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "s3").write_text("http://a:b@127.0.0.1:1\n")
    assert Existing.from_environment({"JEJAK_S3_FILE": str(tmp_path / "s3")}).s3 == "http://a:b@127.0.0.1:1"


@pytest.mark.parametrize(
    "url", ["postgresql://postgres:x@db.kantor", "postgresql://postgres:x@db.kantor:5432/postgres"]
)
def test_right_settings_pass(url: str, tmp_path: Path) -> None:
    told.look(
        Existing(url, "127.0.0.1:9092", "https://a:b@s3.kantor"),
        {"JEJAK_CACHE": str(tmp_path / "cache"), "JEJAK_LOG_LEVEL": "debug"},
    )


def test_nothing_is_started_or_written_before_the_settings_are_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JEJAK_DB_POOL_SIZE", "many")
    with pytest.raises(CannotStart, match="JEJAK_DB_POOL_SIZE"):
        Instance(tmp_path / "var", services=False).start()
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("folder", ["/proc/nowhere", "/dev/null/var"])
def test_a_folder_that_cannot_be_made_is_said(folder: str) -> None:
    with pytest.raises(CannotStart) as reason:
        Instance(Path(folder), services=False).start()
    assert reason.value.key == "not-writable"


@pytest.mark.parametrize("listen", ["", "0.0.0.0", "[::]", "::1", "10.0.0.4"])
def test_addresses_to_listen_on_pass(listen: str) -> None:
    assert door_settings.read({"JEJAK_TLS": "internal", "JEJAK_LISTEN": listen}).tls == "internal"


def test_the_database_of_sessions_is_told_wrongly_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    roles = [f"{service}=role" for service in SERVICES]
    for name, value in {"JEJAK_OWNER_DATABASE_URL": "x", "JEJAK_OWNER_DATABASE_URL_FILE": "/nowhere"}.items():
        with monkeypatch.context() as told_so:
            told_so.setenv(name, value)
            assert access(roles) == 2
        assert capsys.readouterr().err.startswith(name)
