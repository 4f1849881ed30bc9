"""The rim on a real database: permissions, problems, versions, positions, forms and headers, through HTTP."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import structlog
from fastapi import FastAPI

from shared.access.session import COOKIE
from tests.support.access import token_of
from tests.support.applications import bearer, visiting
from tests.support.kernel import install
from tests.support.parts import PostgresPart
from tests.support.web_room import SECRET, running_app

STEP = {"step": 3}


@pytest.fixture
async def app(postgres: PostgresPart) -> AsyncIterator[FastAPI]:
    database = postgres.fresh_database("web")
    install(database)
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer()], logger_factory=structlog.ReturnLoggerFactory()
    )
    async with running_app(database) as made:
        yield made
    structlog.reset_defaults()


async def test_a_command_answers_with_version_event_names_and_position(app: FastAPI) -> None:
    async with visiting(app) as sri:
        answer = await sri.http.post("/api/intake/tally/dinkes", json=STEP, headers=bearer("sri"))
    assert answer.status_code == 200
    assert answer.json() == {
        "stream": "tally-1",
        "version": 1,
        "position": "intake:tally-1@1",
        "events": [{"id": "intake:tally-1@1", "type": "figure-entered"}],
    }
    assert (answer.headers["ETag"], answer.headers["Jejak-Position"]) == ('"tally-1@1"', "intake:tally-1@1")


async def test_the_same_idempotency_key_has_one_effect_and_the_same_answer(app: FastAPI) -> None:
    headers = {**bearer("sri"), "Idempotency-Key": "klik-1"}
    async with visiting(app) as sri:
        first = await sri.http.post("/api/intake/tally/dinkes", json=STEP, headers=headers)
        second = await sri.http.post("/api/intake/tally/dinkes", json=STEP, headers=headers)
        counted = await sri.http.get("/api/intake/tally", headers=bearer("sri"))
    assert first.json() == second.json()
    assert counted.json()["served"] == 3


async def test_an_idempotency_key_for_another_command_is_refused(app: FastAPI) -> None:
    headers = {**bearer("sri"), "Idempotency-Key": "klik-1"}
    async with visiting(app) as sri:
        await sri.http.post("/api/intake/tally/dinkes", json=STEP, headers=headers)
        answer = await sri.http.post("/api/intake/tally/dinkes", json={"step": 4}, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:jejak:problem:idempotency-key-reused")


async def test_a_stale_version_is_a_412_that_names_what_changed(app: FastAPI) -> None:
    async with visiting(app) as sri:
        for _ in range(2):
            await sri.http.post("/api/intake/tally/dinkes", json=STEP, headers=bearer("sri"))
        answer = await sri.http.post(
            "/api/intake/tally/dinkes", json=STEP, headers={**bearer("sri"), "If-Match": '"tally-1@1"'}
        )
    problem = answer.json()
    assert (answer.status_code, problem["expected"], problem["actual"]) == (412, 1, 2)
    assert [
        (change["version"], change["type"], change["service"], change["by"]) for change in problem["changed"]
    ] == [(2, "figure-entered", "kes.balita", "sri")]


async def test_a_fresh_version_goes_through(app: FastAPI) -> None:
    async with visiting(app) as sri:
        first = await sri.http.post("/api/intake/tally/dinkes", json=STEP, headers=bearer("sri"))
        second = await sri.http.post(
            "/api/intake/tally/dinkes",
            json=STEP,
            headers={**bearer("sri"), "If-Match": first.headers["ETag"]},
        )
    assert (second.status_code, second.json()["version"]) == (200, 2)


async def test_a_foreign_agency_is_a_403_that_says_whose_task_it_is(app: FastAPI) -> None:
    async with visiting(app) as agus:
        answer = await agus.http.post("/api/intake/tally/dinkes", json=STEP, headers=bearer("agus"))
    assert (answer.status_code, answer.json()["detail"]) == (403, "Ini tugas Unsur OPD.")


async def test_a_wrong_role_is_a_403_even_before_the_body_is_looked_at(app: FastAPI) -> None:
    async with visiting(app) as budi:
        answer = await budi.http.post(
            "/api/intake/tally/dinkes", json={"step": "tiga"}, headers=bearer("budi")
        )
    assert answer.status_code == 403


async def test_a_bad_figure_is_a_422_that_names_the_field(app: FastAPI) -> None:
    async with visiting(app) as sri:
        answer = await sri.http.post("/api/intake/tally/dinkes", json={"step": "tiga"}, headers=bearer("sri"))
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["errors"] == [{"field": "step", "detail": "Harus bilangan bulat, tanpa huruf."}]


async def test_a_rule_that_refuses_is_a_422_with_its_code_and_field(app: FastAPI) -> None:
    async with visiting(app) as sri:
        answer = await sri.http.post("/api/intake/tally/dinkes", json={"step": -1}, headers=bearer("sri"))
    problem = answer.json()
    assert (answer.status_code, problem["type"], problem["errors"][0]["field"]) == (
        422,
        "urn:jejak:problem:R01",
        "served",
    )


async def test_a_body_over_the_limit_is_a_413_as_json(app: FastAPI) -> None:
    async with visiting(app) as sri:
        answer = await sri.http.post(
            "/api/intake/tally/dinkes", json={"step": "9" * 1_100_000}, headers=bearer("sri")
        )
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
    assert "content-security-policy" in answer.headers


async def test_a_body_over_the_limit_without_a_length_is_a_413_too(app: FastAPI) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b"9" * 10_000

    headers = {**bearer("sri"), "content-type": "application/json"}
    async with visiting(app) as sri:
        answer = await sri.http.post("/api/intake/tally/dinkes", content=endless(), headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:jejak:problem:too-large")


async def test_an_oversized_form_gets_a_page(app: FastAPI) -> None:
    async with visiting(app, "sri") as sri:
        answer = await sri.post("/hitung", {"step": "9" * 1_100_000})
    assert (answer.status_code, "Kiriman terlalu besar" in answer.text) == (413, True)


async def test_an_unknown_address_is_a_404_without_a_word_about_what_exists(app: FastAPI) -> None:
    async with visiting(app) as sri:
        answer = await sri.http.get("/api/intake/tally/rahasia/lain", headers=bearer("sri"))
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:jejak:problem:not-found")


async def test_a_failure_inside_says_nothing_about_the_inside(app: FastAPI) -> None:
    async with visiting(app) as sri:
        answer = await sri.http.get("/api/intake/broken", headers=bearer("sri"))
    assert answer.status_code == 500
    assert not any(word in answer.text for word in ("Zero", "Traceback", SECRET, ".py"))
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_route_that_declares_no_permission_answers_nobody(app: FastAPI) -> None:
    async with visiting(app) as sri:
        assert (await sri.http.get("/api/intake/undeclared", headers=bearer("sri"))).status_code == 500


async def test_a_query_reaches_the_own_agency_only(app: FastAPI) -> None:
    async with visiting(app) as anyone:
        own = await anyone.http.get("/api/intake/tally", headers=bearer("sri"))
        everything = await anyone.http.get("/api/intake/tally", headers=bearer("budi"))
    assert (own.json()["reach"], everything.json()["reach"]) == (["dinkes"], None)


@pytest.mark.parametrize(
    "whose",
    ["", "x.y.z", "A" * 43, "nobody", "lama"],
    ids=["none", "junk", "guessed", "unknown", "retired"],
)
async def test_without_a_valid_session_there_is_nothing_to_see(app: FastAPI, whose: str) -> None:
    token = token_of(whose) if whose in {"nobody", "lama"} else whose
    async with visiting(app) as somebody:
        answer = await somebody.http.get(
            "/api/intake/tally", headers={"Authorization": f"Bearer {token}"} if token else {}
        )
        somebody.http.cookies.set(COOKIE, token)
        page = await somebody.get("/hitung")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert (page.status_code, page.headers["location"]) == (303, "/masuk?ke=/hitung")


async def test_a_query_waits_for_an_own_position_that_is_there(app: FastAPI) -> None:
    async with visiting(app) as sri:
        done = await sri.http.post("/api/intake/tally/dinkes", json=STEP, headers=bearer("sri"))
        seen = await sri.http.get(
            "/api/intake/tally", headers={**bearer("sri"), "Jejak-Position": done.json()["position"]}
        )
    assert (seen.status_code, seen.json()["served"]) == (200, 3)


async def test_a_position_that_does_not_come_is_a_503_with_retry_after(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.web.acting.WAIT_API", 0.05)
    async with visiting(app) as sri:
        answer = await sri.http.get(
            "/api/intake/tally", headers={**bearer("sri"), "Jejak-Position": "verification:verification-9@3"}
        )
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


async def test_a_position_of_a_source_that_nobody_listens_to_is_not_waited_for(app: FastAPI) -> None:
    async with visiting(app) as sri:
        answer = await sri.http.get(
            "/api/intake/tally", headers={**bearer("sri"), "Jejak-Position": "archive:item-9@3"}
        )
    assert answer.status_code == 200


async def test_a_position_that_is_none_is_a_400(app: FastAPI) -> None:
    async with visiting(app) as sri:
        answer = await sri.http.get(
            "/api/intake/tally", headers={**bearer("sri"), "Jejak-Position": "kemarin"}
        )
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:jejak:problem:position-invalid")


async def test_a_page_is_shown_late_data_or_not_and_says_so(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.web.acting.WAIT_PAGE", 0.05)
    async with visiting(app, "sri") as sri:
        sri.http.cookies.set("jejak_posisi", "verification:verification-9@3")
        answer = await sri.get("/hitung")
    assert (answer.status_code, "belum sampai di halaman ini" in answer.text) == (200, True)


async def test_many_who_wait_for_a_position_do_not_keep_it_from_coming(app: FastAPI) -> None:
    """More waiters than the pool has connections, and the command that they wait for needs one too."""
    headers = {**bearer("sri"), "Jejak-Position": "intake:tally-1@1"}
    async with visiting(app) as sri:
        waiting = [asyncio.create_task(sri.http.get("/api/intake/tally", headers=headers)) for _ in range(24)]
        await asyncio.sleep(0)
        done = await sri.http.post("/api/intake/tally/dinkes", json=STEP, headers=bearer("sri"))
        answers = await asyncio.gather(*waiting)
    assert done.status_code == 200
    assert {(answer.status_code, answer.json()["served"]) for answer in answers} == {(200, 3)}
