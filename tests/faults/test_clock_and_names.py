"""The database's clock goes back an hour under a running Jejak, and a start where DNS is away: it is said,
nothing is lost, no time in a record goes back, and it goes on.
"""

import importlib.util
import shutil
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import psycopg
import pytest

from deploy.commands.play import fetch_export, unpack
from deploy.demo.caller import Caller, Positions
from deploy.local import ports
from deploy.local.instance import Instance
from services.archive.proof import verifier
from tests.faults.file_systems import needs_root
from tests.faults.terminal import Terminal, jejak
from tests.support.parts import own_folder, remove_folder

NAME = "jejak.contohkab.go.id"
DAY = "2026-01-05"


@pytest.fixture
def folder() -> Iterator[Path]:
    made = own_folder("clock")
    yield made
    remove_folder(made / "var")
    remove_folder(made)


class FalseClock:
    """The clock of one part, which goes as a file says."""

    def __init__(self, folder: Path, instance: Instance, part: str) -> None:
        found = importlib.util.find_spec("libfaketime")
        assert found is not None
        assert found.origin is not None
        library = Path(found.origin).parent / "vendor" / "libfaketime" / "src" / "libfaketime.so.1"
        self.file = folder / "clock"
        shutil.copy(library, folder / library.name)  # where `nobody` may read it
        self.says("+0")
        child = instance.supervisor.parts[part].child
        assert child is not None
        child.env = {
            **child.env,
            "LD_PRELOAD": str(folder / library.name),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }
        instance.restart(part)

    def says(self, by: str) -> None:
        self.file.write_text(by)
        self.file.chmod(0o644)


@pytest.mark.test_all
def test_a_clock_that_goes_back_an_hour_is_said_and_no_record_goes_back(
    folder: Path, kafka_jars: Path
) -> None:
    with Instance(folder / "var", parts="real") as instance:
        kabag = Caller(instance.address, "hesti", Positions())
        clock = FalseClock(folder, instance, "postgres")

        def rename(name: str) -> None:
            body = {"name": name, "short_name": "D", "occurred_on": DAY}
            kabag.give("/api/intake/agencies/satu", body, method="PUT")

        def database_clock() -> float:
            with psycopg.connect(instance.database_url("intake")) as conn:
                found = conn.execute("SELECT extract(epoch FROM clock_timestamp())").fetchone()
            assert found is not None
            return float(found[0])

        rename("Dinas satu")
        assert abs(database_clock() - time.time()) < 600
        clock.says("-1h")
        assert database_clock() - time.time() < -3000, "else nothing is drilled here"
        rename("Dinas dua")
        troubles = httpx2.get(f"{instance.address}/api/intake/health/ready").json()["troubles"]
        assert "clock" in troubles
        told = jejak("doctor", "--data", folder / "var")
        assert told.returncode == 1
        assert "reports clock" in told.stdout

        clock.says("+0")
        rename("Dinas tiga")
        with psycopg.connect(instance.database_url("intake")) as conn:
            rows = conn.execute(
                "SELECT version, recorded_at FROM event WHERE stream = 'agency-satu' ORDER BY version"
            ).fetchall()
        assert [version for version, _ in rows] == [1, 2, 3]
        assert [at for _, at in rows] == sorted(at for _, at in rows), "no record goes back"
        export = _export_with(instance, folder, 3)
        assert verifier.verify(export).verified


def _export_with(instance: Instance, folder: Path, events: int) -> Path:
    """The exported log once it holds so many events."""
    while True:
        shutil.rmtree(folder / "export", ignore_errors=True)
        export = unpack(fetch_export(instance.address), folder / "export")
        if len((export / "events.ndjson").read_bytes().splitlines()) >= events:
            return export
        time.sleep(0.2)


@pytest.mark.test_all
def test_without_dns_it_starts_serves_and_is_told_what_is_missing(folder: Path, kafka_jars: Path) -> None:
    needs_root("unshare", "mount")
    (folder / "resolv.conf").write_text("nameserver 192.0.2.1\noptions timeout:1 attempts:1\n")
    (folder / "hosts").write_text("")
    away = f"mount --bind {folder}/resolv.conf /etc/resolv.conf && mount --bind {folder}/hosts /etc/hosts"
    alone = ("unshare", "--mount", "sh", "-c", f'{away} && exec "$@"', "sh")
    https = ports.free_ports(1)[0]
    told = {"JEJAK_TLS": "internal", "JEJAK_DOMAIN": NAME, "JEJAK_HTTPS_PORT": str(https)}
    terminal = Terminal("--no-demo", "--parts", "real", "--data", folder / "var", before=alone, **told)
    try:
        terminal.until("is ready after")
        root = folder / "var" / "front-door" / "data" / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        trusting = ssl.create_default_context(cafile=str(root))
        with (
            socket.create_connection(("127.0.0.1", https), timeout=30) as there,
            trusting.wrap_socket(there, server_hostname=NAME) as opened,
        ):
            opened.sendall(f"GET /masuk HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
            assert opened.recv(12) == b"HTTP/1.1 200"
        found = jejak("doctor", "--data", folder / "var", before=alone, **told)
        assert found.returncode == 1
        assert f"DNS does not know {NAME}" in found.stdout
        assert found.stdout.count("✗") == 1, found.stdout
        assert terminal.stop() == 0
    finally:
        terminal.end()
