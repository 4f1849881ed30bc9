"""What runs in containers, on the real servers and services and without any container: what is prepared
before the services, the health check of each part, the front door by itself.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy.containers import door, folder, health, prepare
from deploy.installing.making import Wanted
from deploy.local import ports
from deploy.local.instance import Instance
from deploy.local.wanted import Existing
from deploy.messages import CannotStart
from shared.messaging.topics import ALL_TOPICS, check_topics
from shared.service_names import SERVICES
from tests.support.parts import KafkaPart, ObjectStorePart, PostgresPart

NAMES = [f"jejak_{name}" for name in (*SERVICES, "access")]


@pytest.fixture
def told(tmp_path: Path, postgres: PostgresPart) -> Iterator[Path]:
    """The folder of a composed installation, whose PostgreSQL is the tests' own."""
    wanted = Wanted(domain="jejak.test", login="local", region="3402", tls="internal")
    list(folder.make(tmp_path, wanted))
    for file in (tmp_path / "told").rglob("*-url"):
        file.write_text(file.read_text().replace("postgres:5432", postgres.server.address))
    yield tmp_path / "told"
    with psycopg.connect(postgres.server.admin_url, autocommit=True) as admin:
        for name in NAMES:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


async def test_everything_is_made_where_it_is_missing_and_found_again(
    told: Path, postgres: PostgresPart, kafka: KafkaPart, object_store: ObjectStorePart
) -> None:
    given = Existing(postgres.server.admin_url, kafka.bootstrap, object_store.url)
    for _ in range(2):
        prepare.prepare(told, given)
    await check_topics(kafka.bootstrap, ALL_TOPICS)
    for service in SERVICES:
        with psycopg.connect((told / service / "database-url").read_text()) as conn:
            assert conn.execute("SELECT count(*) FROM event").fetchone() == (0,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute("ALTER TABLE event ADD COLUMN forged text")
        with psycopg.connect((told / service / "access-database-url").read_text()) as conn:
            conn.execute("SELECT look_up_session('\\x00')")
    prepare.prepare(told, Existing())  # nobody told: what is there is brought up to date


def test_an_owner_called_otherwise_is_said_before_anything_is_made(
    told: Path, postgres: PostgresPart
) -> None:
    file = told / "prepare" / "intake-owner-database-url"
    file.write_text(file.read_text().replace("jejak_intake_owner", "somebody"))
    with pytest.raises(CannotStart, match="jejak_intake_owner"):
        prepare.prepare(told, Existing(postgres.server.admin_url))


def test_a_secret_that_is_not_there_is_named(told: Path) -> None:
    (told / "archive" / "access-database-url").unlink()
    with pytest.raises(CannotStart, match="archive/access-database-url"):
        prepare.prepare(told, Existing())


def test_a_server_that_is_away_is_waited_for_and_then_named(
    told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "PATIENCE_S", 0.0)
    for file in told.rglob("*-url"):
        file.write_text(file.read_text().replace(":5432/", ":9/").replace("127.0.0.1:", "127.0.0.1:"))
    nobody = Existing("postgresql://postgres:topsecret@127.0.0.1:9/postgres")
    with pytest.raises(CannotStart) as refused:
        prepare.prepare(told, nobody)
    assert refused.value.key == "server-away"
    assert "topsecret" not in str(refused.value)


WEB, WORKER = (["python", "-m", "services.intake", part] for part in ("web", "worker"))


def until(so: "object", seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not so():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.2)


def test_the_health_check_knows_a_web_and_a_worker_that_get_on(jejak: Instance) -> None:
    told = jejak.env("intake")
    for forgiving in (False, True):
        assert health.why_not(WEB, told, forgiving=forgiving) == ""
    until(lambda: health.why_not(WORKER, told, forgiving=False) == "")
    nobody = {**told, "JEJAK_NODE": "nobody"}
    for forgiving in (False, True):
        assert health.why_not(WORKER, nobody, forgiving=forgiving) == "it has not said anything yet"


def test_the_health_check_knows_a_worker_that_has_fallen_silent(jejak: Instance) -> None:
    told = {**jejak.env("intake"), "JEJAK_NODE": "silent"}
    say = b"INSERT INTO worker (node, at, state) VALUES ('silent', now() - interval '1 minute', %s::jsonb)"
    with psycopg.connect(told["JEJAK_DATABASE_URL"], autocommit=True) as conn:
        conn.execute(say, ('{"checks": {"transport": {"ok": true}}, "troubles": []}',))
        for forgiving in (False, True):
            assert "lately" in health.why_not(WORKER, told, forgiving=forgiving)
        conn.execute(b'UPDATE worker SET at = now(), state = \'{"checks": {"transport": {"ok": false}}}\'')
        assert "does not get on" in health.why_not(WORKER, told, forgiving=False)
        assert health.why_not(WORKER, told, forgiving=True) == "", "another start would not mend that"
        conn.execute(b"DELETE FROM worker WHERE node = 'silent'")


def test_the_door_stands_by_itself_and_ends_when_it_is_told(tmp_path: Path) -> None:
    https, http = ports.free_ports(2)
    told = {
        **os.environ,
        **dict(zip(("JEJAK_HTTPS_PORT", "JEJAK_HTTP_PORT"), map(str, (https, http)), strict=True)),
        "JEJAK_TLS": "internal",
        "JEJAK_DOMAIN": "jejak.test",
        "JEJAK_LISTEN": "127.0.0.1",
        door.UPSTREAMS: ",".join(f"{name}=127.0.0.1:9" for name in SERVICES),
        door.KEPT: str(tmp_path),
    }
    running = subprocess.Popen(
        [sys.executable, "-m", health.DOOR], env=told, stdout=subprocess.PIPE, text=True
    )
    try:
        assert running.stdout is not None
        assert running.stdout.readline().strip() == f"https://jejak.test:{https}"
        assert health.why_not(["python", "-m", health.DOOR], told, forgiving=False) == ""
    finally:
        running.terminate()
    assert running.wait(20) == 0
    assert health.why_not(["python", "-m", health.DOOR], told, forgiving=False) != ""
