"""How the front door is told to be reached, and the configuration that follows for each kind of TLS."""

import json
import subprocess
from pathlib import Path

import pytest

from deploy.front_door import settings
from deploy.front_door.config import FrontDoor, config
from deploy.front_door.settings import DoorSettings
from deploy.local import caddy
from deploy.messages import CannotStart
from shared.service_names import SERVICES

PUBLIC = {
    "JEJAK_TLS": "public",
    "JEJAK_DOMAIN": "jejak.bantulkab.go.id",
    "JEJAK_ACME_MAIL": "tapem@bantulkab.go.id",
}


def door(told: DoorSettings, folder: Path = Path("/nowhere")) -> FrontDoor:
    return FrontDoor(
        settings=told,
        port=443,
        upstreams={name: [f"127.0.0.1:{1000 + at}"] for at, name in enumerate(SERVICES)},
        access_log=folder / "log",
    )


def test_nothing_told_means_this_machine_only_without_tls() -> None:
    told = settings.read({})
    assert (told.listen, told.address(8400), told.hosts) == (
        "127.0.0.1",
        "http://127.0.0.1:8400",
        ("localhost", "127.0.0.1", "[::1]"),
    )


@pytest.mark.parametrize(
    ("environment", "key"),
    [
        ({"JEJAK_TLS": "on"}, "unknown-tls"),
        ({"JEJAK_LISTEN": "0.0.0.0"}, "open-without-tls"),
        ({"JEJAK_TLS": "off", "JEJAK_LISTEN": "10.0.0.4"}, "open-without-tls"),
        ({"JEJAK_TLS": "public"}, "public-without-domain"),
    ],
)
def test_what_would_be_unsafe_or_cannot_be_is_refused_with_a_sentence(
    environment: dict[str, str], key: str
) -> None:
    with pytest.raises(CannotStart) as refused:
        settings.read(environment)
    assert refused.value.key == key


def test_a_public_door_answers_to_its_name_alone_and_sends_plain_http_to_tls() -> None:
    told = settings.read(PUBLIC)
    assert (told.hosts, told.address(443)) == (("jejak.bantulkab.go.id",), "https://jejak.bantulkab.go.id")
    made = config(door(told))
    policy = made["apps"]["tls"]["automation"]["policies"][0]
    assert policy["issuers"] == [{"module": "acme", "email": "tapem@bantulkab.go.id"}]
    assert set(made["apps"]["http"]["servers"]) == {"door", "redirect"}
    assert "Strict-Transport-Security" in json.dumps(made)


def test_without_tls_there_is_no_certificate_no_second_server_and_no_promise_of_tls() -> None:
    made = config(door(DoorSettings()))
    assert set(made["apps"]) == {"http"}
    assert set(made["apps"]["http"]["servers"]) == {"door"}
    assert "Strict-Transport-Security" not in json.dumps(made)


@pytest.mark.parametrize(
    "environment",
    [{}, {"JEJAK_TLS": "internal", "JEJAK_DOMAIN": "jejak.kantor", "JEJAK_LISTEN": "0.0.0.0"}, PUBLIC],
)
def test_caddy_itself_finds_every_kind_of_configuration_valid(
    environment: dict[str, str], tmp_path: Path
) -> None:
    written = tmp_path / "caddy.json"
    written.write_text(json.dumps(config(door(settings.read(environment), tmp_path))))
    own = {"XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}
    told = subprocess.run(
        [str(caddy.program()), "validate", "--config", str(written)],
        capture_output=True,
        text=True,
        env=own,
        check=False,
    )
    assert told.returncode == 0, told.stderr


@pytest.mark.parametrize(
    ("listen", "near"),
    [
        ("", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),
        ("10.0.0.4", "10.0.0.4"),
        ("[::]", "127.0.0.1"),
        ("[::1]", "::1"),
    ],
)
def test_this_machine_knows_where_to_ask_whether_the_door_lives(listen: str, near: str) -> None:
    assert DoorSettings(tls="internal", listen=listen).near == near
