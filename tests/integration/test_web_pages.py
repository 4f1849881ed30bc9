"""Forms, pages, sign-in and the frame on a real database, through HTTP;
the JSON rim stands in `test_web_kernel.py`.
"""

import uuid
from collections.abc import AsyncIterator

import pytest
import structlog
from fastapi import FastAPI

from tests.support.applications import FEED_SECRET, HERE, bearer, visiting
from tests.support.kernel import install
from tests.support.parts import PostgresPart
from tests.support.web_room import running_app

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


async def test_a_form_with_its_token_works_and_shows_a_notice_once(app: FastAPI) -> None:
    async with visiting(app, "sri") as sri:
        done = await sri.post("/hitung", {**await sri.fields("/hitung"), "step": "5"}, Origin=HERE)
        first, second = await sri.get("/hitung"), await sri.get("/hitung")
    assert (done.status_code, done.headers["location"]) == (303, "/hitung")
    assert ("<p>5</p>" in first.text, "Tersimpan." in first.text, "Tersimpan." in second.text) == (
        True,
        True,
        False,
    )


async def test_every_error_says_by_which_number_it_is_found_in_the_logs(app: FastAPI) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    told = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    async with visiting(app, "sri") as sri:
        page = await sri.get("/tidak-ada", **told)
        problem = await sri.get("/api/intake/tidak-ada", **told)
        alone = await sri.get("/tidak-ada")
    assert (
        page.headers["Jejak-Request"]
        == problem.headers["Jejak-Request"]
        == problem.json()["request"]
        == trace
    )
    assert f"permintaan {trace}" in page.text
    assert f"permintaan {alone.headers['Jejak-Request']}" in alone.text != page.text


async def test_a_double_click_on_a_form_counts_once(app: FastAPI) -> None:
    async with visiting(app, "sri") as sri:
        form = {**await sri.fields("/hitung"), "step": "5"}
        answers = [await sri.post("/hitung", form, Origin=HERE) for _ in range(2)]
        page = await sri.get("/hitung")
    assert [answer.status_code for answer in answers] == [303, 303]
    assert "<p>5</p>" in page.text


async def test_a_refused_form_keeps_what_was_typed_and_links_to_the_field(app: FastAPI) -> None:
    async with visiting(app, "sri") as sri:
        answer = await sri.post("/hitung", {**await sri.fields("/hitung"), "step": "-5"}, Origin=HERE)
    assert answer.status_code == 422
    assert 'value="-5"' in answer.text
    assert '<a href="#served">Jumlah tidak boleh negatif.</a>' in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://jahat.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
    ],
)
async def test_a_form_from_another_site_is_refused_even_with_the_token(
    app: FastAPI, headers: dict[str, str]
) -> None:
    async with visiting(app, "sri") as sri:
        answer = await sri.post("/hitung", {**await sri.fields("/hitung"), "step": "5"}, **headers)
        page = await sri.get("/hitung")
    assert (answer.status_code, "<p>0</p>" in page.text) == (403, True)


@pytest.mark.parametrize("token", ["", "0" * 64], ids=["missing", "wrong"])
async def test_a_form_without_its_token_is_refused(app: FastAPI, token: str) -> None:
    async with visiting(app, "sri") as sri:
        answer = await sri.post("/hitung", {"step": "5", "_csrf": token}, Origin=HERE)
    assert answer.status_code == 403


async def test_json_by_cookie_from_another_site_is_refused(app: FastAPI) -> None:
    async with visiting(app, "sri") as sri:
        answer = await sri.http.post(
            "/api/intake/tally/dinkes", json=STEP, headers={"Origin": "https://jahat.example"}
        )
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:jejak:problem:foreign-request")


async def test_pages_forbid_foreign_scripts_frames_and_sniffing(app: FastAPI) -> None:
    async with visiting(app) as somebody:
        headers = (await somebody.get("/masuk")).headers
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "same-origin")
    assert "strict-transport-security" not in headers


async def test_https_is_pinned_once_it_is_used(app: FastAPI) -> None:
    async with visiting(app) as somebody:
        answer = await somebody.http.get("https://jejak.test/masuk")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


async def test_a_name_with_markup_is_shown_as_text(app: FastAPI) -> None:
    async with visiting(app) as somebody:
        assert "Agus &lt;b&gt;" in (await somebody.get("/masuk")).text


async def test_the_language_follows_the_wish_and_is_remembered(app: FastAPI) -> None:
    async with visiting(app, "sri") as sri:
        english = await sri.get("/hitung?lang=en")
        remembered = await sri.get("/hitung")
        back = await sri.get("/hitung?lang=id")
    assert [page.headers["content-language"] for page in (english, remembered, back)] == ["en", "en", "id"]
    assert ('<html lang="en">' in remembered.text, "Skip to content" in remembered.text) == (True, True)


async def test_the_frame_shows_only_what_the_person_may_use(app: FastAPI) -> None:
    async with visiting(app, "sri") as sri:
        page = (await sri.get("/hitung")).text
    assert 'href="/"' in page
    assert "Jejak audit" not in page


async def test_the_feed_is_for_services_and_for_people_who_may_read_it(app: FastAPI) -> None:
    async with visiting(app) as caller:
        await caller.http.post("/api/intake/tally/dinkes", json=STEP, headers=bearer("sri"))
        service = await caller.http.get(
            "/api/intake/events?after=0", headers={"Authorization": f"Bearer {FEED_SECRET}"}
        )
        heads = await caller.http.get(
            "/api/intake/heads?after=0", headers={"Authorization": f"Bearer {FEED_SECRET}"}
        )
        person = await caller.http.get("/api/intake/events", headers=bearer("budi"))
        other = await caller.http.get("/api/intake/events", headers=bearer("sri"))
        nobody = await caller.http.get("/api/intake/events")
    assert [event["type"] for event in service.json()["events"]] == ["figure-entered"]
    assert [(head["stream"], head["version"]) for head in heads.json()["streams"]] == [("tally-1", 1)]
    assert (person.status_code, other.status_code, nobody.status_code) == (200, 403, 401)


async def test_parked_messages_are_for_the_operator(app: FastAPI) -> None:
    async with visiting(app) as caller:
        operator = await caller.http.get("/api/intake/parked", headers=bearer("operator"))
        other = await caller.http.get("/api/intake/parked", headers=bearer("sri"))
        retry = await caller.http.post(
            "/api/intake/parked/retry", json={"id": str(uuid.uuid4())}, headers=bearer("operator")
        )
    assert (operator.json(), other.status_code, retry.status_code) == ([], 403, 404)


async def test_the_service_says_that_it_lives_and_that_it_can_work(app: FastAPI) -> None:
    async with visiting(app) as caller:
        live, ready = (
            await caller.get("/api/intake/health/live"),
            await caller.get("/api/intake/health/ready"),
        )
    assert (live.json()["status"], ready.json()) == (
        "live",
        {"status": "ready", "checks": {"database": {"ok": True}}, "troubles": {}},
    )


async def test_a_failing_check_makes_the_service_not_ready(app: FastAPI) -> None:
    async def away() -> dict[str, object]:
        return {"ok": False, "cause": "unreachable"}

    app.state.checks = {"kafka": away}
    async with visiting(app) as caller:
        ready = await caller.get("/api/intake/health/ready")
    assert (ready.status_code, ready.json()["checks"]["kafka"]["cause"]) == (503, "unreachable")


async def test_the_api_reference_lists_every_route_and_needs_no_script(app: FastAPI) -> None:
    async with visiting(app) as caller:
        page = (await caller.get("/api/intake/docs")).text
    assert "/api/intake/tally/{agency}" in page
    assert "cdn" not in page


async def test_every_page_says_when_its_data_is_from(app: FastAPI) -> None:
    async with visiting(app, "sri") as sri:
        fresh = (await sri.get("/hitung")).text
        app.state.takes_in = lambda: False
        stale = (await sri.get("/hitung")).text
    assert "data per 10.42.07 WIB, posisi terbaca" in fresh
    assert "belum sampai" not in fresh
    assert "dari layanan lain per 10.42.07 WIB; yang lebih baru belum sampai" in stale


async def test_the_openapi_document_says_how_to_sign_in_who_may_and_which_headers_count(app: FastAPI) -> None:
    async with visiting(app) as caller:
        document = (await caller.get("/api/intake/openapi.json")).json()
    command = document["paths"]["/api/intake/tally/{agency}"]["post"]
    query = document["paths"]["/api/intake/tally"]["get"]
    assert {one["name"] for one in command["parameters"]} == {"agency", "Idempotency-Key", "If-Match"}
    assert "Jejak-Position" in {one["name"] for one in query["parameters"]}
    assert (command["x-permission"], command["security"]) == (
        ["intake.Count"],
        [{"session": []}, {"cookie": []}],
    )
    assert document["paths"]["/api/intake/health/live"]["get"]["security"] == []
    assert "bearer" in str(document["components"]["securitySchemes"])
    assert command["responses"]["412"]["content"]["application/problem+json"]["schema"]["$ref"].endswith(
        "ProblemDocument"
    )
