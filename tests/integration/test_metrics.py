"""`/metrics`: what it says, to whom, and that no label says who, which case, or anything a stranger wrote."""

import re
import secrets
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import get_args

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from services.intake.board.measured import STATES
from shared import counted
from shared.access.database import DOOR
from shared.access.login import Way
from shared.access.session import Entered
from shared.messaging.receiving.parked import Reason
from shared.messaging.workers import Hearing, Telling
from shared.service_names import SERVICES
from shared.web.watched.metrics import FORWARDED
from tests.architecture.test_roles_table import routes
from tests.support.applications import HERE, application, fill, migrated, person_as, visiting
from tests.support.parts import PostgresPart

SECRET = "m" * 40
ROUTES = {name: {route.path for route in routes(name)} | {"-", "/metrics"} for name in SERVICES}
NUMBERS = {
    "le": re.compile(r"[0-9.]+|\+Inf"),
    "status": re.compile(r"0|[1-5][0-9][0-9]"),
    "node": re.compile(r"[0-9]"),
}
WORDS: Mapping[str, Iterable[str]] = {
    "service": SERVICES,
    "source": SERVICES,
    "method": ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "-"),
    "cause": get_args(Reason),
    "state": ("used", "free", *STATES),
    "region": ("3402",),
    "way": get_args(Way),
}
"""Every label that there is, with every value that it may have; those of `route`, `test` and `kind` below."""
PROMISED = (
    *("settled_position", "relayed_position", "unpublished", "parked", "parked_oldest_seconds"),
    *("taken_in_events", "self_test_ok", "troubles", "pool_connections", "pool_waiting", "pool_requests"),
    *("pool_waits", "pool_wait_seconds", "pool_refused", "requests", "request_seconds", "conflicts"),
)
"""Of every process; of those that work also `lag_messages`, `lag_seconds` and `taken_in_position`."""
PLAIN = re.compile(r"[a-z]+(-[a-z]+)*")


def families(text: str) -> dict[str, Metric]:
    return {family.name: family for family in text_string_to_metric_families(text)}


def labelled(found: Mapping[str, Metric]) -> set[tuple[str, str]]:
    return {pair for family in found.values() for sample in family.samples for pair in sample.labels.items()}


def is_allowed(label: str, value: str) -> bool:
    if label in NUMBERS:
        return NUMBERS[label].fullmatch(value) is not None
    if label in WORDS:
        return value in WORDS[label]
    if label == "route":
        return any(value in known for known in ROUTES.values())
    return label in {"test", "kind"} and PLAIN.fullmatch(value) is not None


@pytest.fixture(params=SERVICES)
async def app(request: pytest.FixtureRequest, postgres: PostgresPart) -> AsyncIterator[FastAPI]:
    for counter in (counted._REQUESTS, counted._SECONDS, counted._CONFLICTS):
        counter.clear()  # of what other tests did in this process
    database = postgres.fresh_database("metrics")
    await fill(request.param, database)
    async with application(request.param, database, JEJAK_METRICS_SECRET=SECRET) as opened:
        yield opened


async def asked(app: FastAPI, *, host: str = "127.0.0.1", **headers: str | bytes) -> tuple[int, str]:
    async with AsyncClient(transport=ASGITransport(app, client=(host, 1)), base_url=HERE) as somebody:
        answer = await somebody.get("/metrics", headers=headers)
    return answer.status_code, answer.text


async def stranger(app: FastAPI) -> None:
    """Somebody who writes whatever he likes wherever something is read."""
    name, word = app.state.name, secrets.token_hex(8)
    async with visiting(app, person_as("kabag")) as browser:
        for path in (
            f"/{word}",
            f"/api/{word}/x",
            "/",
            f"/siklus/3402-{word}",
            f"/static/{word}.js",
            "/macet",
            f"/api/{name}/health/ready",
            f"/api/{name}/cycles/3402-{word}",
            f"/api/{name}/people/{word}",
        ):
            await browser.get(path, **{"X-Word": word, "User-Agent": word, "Host": "jejak.test"})
            await browser.http.request(word.upper(), path)
            await browser.post(path, {word: word})
        await browser.http.get("/", headers={"Host": f"{word}.example"})


async def test_no_label_says_who_or_which_case_or_what_a_stranger_wrote(app: FastAPI) -> None:
    await stranger(app)
    await asked(app)
    before = labelled(families((await asked(app))[1]))
    assert {label for label, _ in before} >= {"service", "route", "method", "status", "test"}
    assert [pair for pair in before if not is_allowed(*pair)] == []
    for _ in range(5):
        await stranger(app)
    assert labelled(families((await asked(app))[1])) == before


async def test_it_says_what_was_promised(app: FastAPI) -> None:
    found = families((await asked(app))[1])
    assert {f"jejak_{name}" for name in PROMISED} <= found.keys()
    settled = found["jejak_settled_position"].samples[0]
    assert settled.labels == {"service": app.state.name}
    assert settled.value > 0 or app.state.name == "archive"
    assert all(family.documentation for family in found.values())


async def test_sessions_are_counted_by_the_way_in_and_only_where_people_sign_in(app: FastAPI) -> None:
    found = families((await asked(app))[1])
    if app.state.name != DOOR:
        assert "jejak_sessions" not in found
        return
    before = {one.labels["way"]: one.value for one in found["jejak_sessions"].samples}
    assert set(before) == set(get_args(Way))
    session = await app.state.running.sessions.start("sri", Entered(way="local", device="Firefox"))
    now = {one.labels["way"]: one.value for one in families((await asked(app))[1])["jejak_sessions"].samples}
    assert now == {**before, "local": before["local"] + 1}
    await app.state.running.sessions.end(session.id)
    after = families((await asked(app))[1])["jejak_sessions"].samples
    assert {one.labels["way"]: one.value for one in after} == before


_A_CYCLE = b"""
    INSERT INTO cycle SELECT %(cycle)s, 1, %(region)s, '', 2026, '04/SOP/2022', 1, now(), 'hesti', now()"""
_A_STEP = b"""
    INSERT INTO step (cycle, step, version, started_on, due_on, completed_on)
    VALUES (%s, %s, 1, now(), current_date + %s::int, current_date + %s::int)"""


async def test_steps_are_counted_by_region_and_only_where_cycles_are_opened(postgres: PostgresPart) -> None:
    database = postgres.fresh_database("metrics")
    migrated("intake", database)
    async with application("intake", database) as app:
        assert families((await asked(app))[1])["jejak_region_steps"].samples == []
        async with app.state.running.pool.connection() as conn:
            for cycle, region in (("3402-2025", "3402"), ("3402-2026", "3402"), ("7502-2026", "7502")):
                await conn.execute(_A_CYCLE, {"cycle": cycle, "region": region})
            for row in (
                ("3402-2025", "1", -9, -3),
                ("3402-2026", "1", -9, -9),
                ("3402-2026", "2", -9, None),
                ("3402-2026", "3", 9, None),
                ("7502-2026", "1", None, None),
            ):
                await conn.execute(_A_STEP, row)
        found = families((await asked(app))[1])["jejak_region_steps"].samples
        counted_so = {(one.labels["region"], one.labels["state"]): one.value for one in found}
    assert counted_so == {
        ("3402", "running"): 1,
        ("3402", "late"): 1,
        ("3402", "done"): 2,
        ("7502", "running"): 1,
        ("7502", "late"): 0,
        ("7502", "done"): 0,
    }


async def test_what_a_worker_counts_is_told_by_those_who_answer(app: FastAPI) -> None:
    running = app.state.running
    hearing = Hearing(running.pool)
    app.state.checks = {"workers": hearing.check}
    counted.conflict(running.room.name)
    await Telling(running.pool, "3", {}, running.troubles).once()
    await hearing.once()
    found = families((await asked(app))[1])
    (conflicts,) = [one for one in found["jejak_worker_conflicts"].samples if one.name.endswith("_total")]
    assert (conflicts.labels, conflicts.value >= 1) == ({"service": app.state.name, "node": "3"}, True)
    for name in ("used", "free", "waiting", "wait_seconds", "refused"):
        assert found[f"jejak_worker_pool_{name}"].samples[0].labels["node"] == "3"


async def test_the_archive_says_when_it_tested_itself_last(postgres: PostgresPart) -> None:
    database = postgres.fresh_database("metrics")
    await fill("archive", database)
    async with application("archive", database) as app:
        async with app.state.running.pool.connection() as conn:
            await conn.execute(
                b"INSERT INTO comparison (walk, finished_at) VALUES ('log', now() - interval '2 hours'), "
                b"('objects', NULL) ON CONFLICT (walk) DO UPDATE SET finished_at = excluded.finished_at"
            )
            await conn.execute(
                b"INSERT INTO store_probe VALUES ('s', 9, '[]', now() - interval '1 hour') "
                b"ON CONFLICT (store) DO UPDATE SET at = excluded.at"
            )
        samples = families((await asked(app))[1])["jejak_self_test_age_seconds"].samples
        ages = {one.labels["test"]: round(one.value / 3600) for one in samples}
        assert ages == {"comparison-log": 2, "lock-probe": 1}, "what was never finished has no age"


@pytest.mark.parametrize("by", FORWARDED)
async def test_nobody_asks_through_a_door_in_front(app: FastAPI, by: str) -> None:
    for more in ({}, {"Authorization": f"Bearer {SECRET}"}):
        assert (await asked(app, **{by: "127.0.0.1"}, **more))[0] == 404


async def test_from_another_machine_only_with_the_secret(app: FastAPI) -> None:
    far = "10.1.2.3"
    assert (await asked(app, host=far, Authorization=f"Bearer {SECRET}"))[0] == 200
    for wrong in ("", SECRET, "Bearer ", f"Bearer {SECRET[:-1]}", f"Basic {SECRET}", "Bearer é"):
        headers = {"Authorization": wrong.encode()} if wrong else {}
        assert (await asked(app, host=far, **headers))[0] == 404


async def test_where_no_secret_was_told_none_opens_it(postgres: PostgresPart) -> None:
    database = postgres.fresh_database("metrics")
    await fill("intake", database)
    async with application("intake", database) as app:
        for given in ("Bearer ", "Bearer", "Bearer x"):
            assert (await asked(app, host="10.1.2.3", Authorization=given))[0] == 404
