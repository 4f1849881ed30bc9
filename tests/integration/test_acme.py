"""The front door gets its certificate from an ACME authority: a second Caddy with an authority of its own,
which asks back on the ports 80 and 443 as any other does.
"""

import fcntl
import json
import os
import shutil
import socket
import ssl
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.front_door import settings
from deploy.local import caddy, ports
from deploy.local.supervision.child import Child
from deploy.local.supervision.supervisor import Supervisor
from deploy.messages import CannotStart
from shared.service_names import SERVICES

NAME = "localhost"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Whoever runs these tests at the same time waits: there is one port 443."""
    made = Path(tempfile.mkdtemp(prefix="jejak-acme-"))
    (made / "door" / "logs").mkdir(parents=True)
    with (Path(tempfile.gettempdir()) / "jejak-port-443.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def authority(folder: Path) -> Iterator[tuple[str, Path]]:
    """Its directory, and the certificate by which it is known."""
    for port in (80, 443):
        if why := ports.why_not(port):
            reason = f"this test needs port {port}: {why}"
            if os.environ.get("CI") == "true":
                pytest.fail(reason)
            pytest.skip(reason)
    https, http = ports.free_ports(2)
    place = folder / "authority"
    place.mkdir()
    internal = {"subjects": ["127.0.0.1"], "issuers": [{"module": "internal"}]}
    server = {
        "listen": [f"127.0.0.1:{https}"],
        "automatic_https": {"disable": True},
        "tls_connection_policies": [{"fallback_sni": "127.0.0.1"}],
        "routes": [{"handle": [{"handler": "acme_server", "ca": "local"}]}],
    }
    made = {
        "admin": {"disabled": True, "config": {"persist": False}},
        "apps": {
            "pki": {"certificate_authorities": {"local": {"install_trust": False}}},
            "tls": {"certificates": {"automate": ["127.0.0.1"]}, "automation": {"policies": [internal]}},
            "http": {"http_port": http, "https_port": https, "servers": {"acme": server}},
        },
    }
    (place / "caddy.json").write_text(json.dumps(made))
    root = place / "caddy" / "pki" / "authorities" / "local" / "root.crt"
    child = Child(
        name="authority",
        argv=[str(caddy.program()), "run", "--config", str(place / "caddy.json")],
        log=place / "log",
        pid_file=place / "pid.json",
        env={"HOME": str(place), "XDG_DATA_HOME": str(place), "XDG_CONFIG_HOME": str(place)},
        cwd=place,
        patience=5,
    )
    child.start()
    try:
        while handshake(https, root, "127.0.0.1") is None:
            assert child.alive(), child.last_line()
            time.sleep(0.1)
        yield f"https://127.0.0.1:{https}/acme/local/directory", root
    finally:
        child.stop()


def handshake(port: int, root: Path, name: str) -> list[str] | None:
    """The names for which whoever listens there is vouched; None where nobody is, or not yet."""
    try:
        trusting = ssl.create_default_context(cafile=str(root))
        with socket.create_connection(("127.0.0.1", port), timeout=5) as there:
            shown = trusting.wrap_socket(there, server_hostname=name).getpeercert()
    except OSError:
        return None
    assert shown is not None
    return [value for _, value in shown["subjectAltName"]]  # type: ignore[misc]


def test_the_door_asks_the_authority_that_was_named_and_is_vouched_for(
    folder: Path, authority: tuple[str, Path]
) -> None:
    directory, root = authority
    told = settings.read(
        {
            "JEJAK_TLS": "public",
            "JEJAK_DOMAIN": NAME,
            "JEJAK_LISTEN": "127.0.0.1",
            "JEJAK_ACME_DIRECTORY": directory,
            "JEJAK_ACME_ROOT": str(root),
            "JEJAK_ACME_MAIL": "spm@contohkab.go.id",
        }
    )
    port = caddy.chosen_port(told, "usual", None, print)
    assert (port, told.http_port) == (443, 80)
    supervisor = Supervisor()
    try:
        nobody = {name: ["127.0.0.1:9"] for name in SERVICES}
        supervisor.start([caddy.prepare(folder / "door", told, port, nobody)])
        while (names := handshake(port, root, NAME)) is None:
            time.sleep(0.2)
        assert names == [NAME]
        with pytest.raises(CannotStart) as refused:
            caddy.chosen_port(told, "usual", None, print)
        assert refused.value.key == "port-taken"
    finally:
        supervisor.stop()
