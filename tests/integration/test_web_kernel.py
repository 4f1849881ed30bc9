"""The rim on a real database: permissions, problems, versions, positions, forms and headers, through HTTP."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog
from fastapi import FastAPI

from shared.access.session import COOKIE
from tests.support.kernel import install
from tests.support.parts import PostgresPart
from tests.support.web_room import FEED_SECRET, HERE, SECRET, bearer, running_app, token_of, visiting

STEP = {"step": 3}


@pytest.fixture
async def app(postgres: PostgresPart, tmp_path: Path) -> AsyncIterator[FastAPI]:
    database = postgres.fresh_database("web")
    install(database)
    structlog.configure(processors=[structlog.processors.KeyValueRenderer()], logger_factory=structlog.ReturnLoggerFactory())
    async with running_app(database, tmp_path) as made:
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
        answer = await sri.http.post("/api/intake/tally/dinkes", json=STEP, headers={**bearer("sri"), "If-Match": '"tally-1@1"'})
    problem = answer.json()
    assert (answer.status_code, problem["expected"], problem["actual"]) == (412, 1, 2)
    assert [(change["version"], change["type"], change["service"], change["by"]) for change in problem["changed"]] == [
        (2, "figure-entered", "kes.balita", "sri")
    ]


async def test_a_fresh_version_goes_through(app: FastAPI) -> None:
    async with visiting(app) as sri:
        first = await sri.http.post("/api/intake/tally/dinkes", json=STEP, headers=bearer("sri"))
        second = await sri.http.post("/api/intake/tally/dinkes", json=STEP, headers={**bearer("sri"), "If-Match": first.headers["ETag"]})
    assert (second.status_code, second.json()["version"]) == (200, 2)


async def test_a_foreign_agency_is_a_403_that_says_whose_task_it_is(app: FastAPI) -> None:
    async with visiting(app) as agus:
        answer = await agus.http.post("/api/intake/tally/dinkes", json=STEP, headers=bearer("agus"))
    assert (answer.status_code, answer.json()["detail"]) == (403, "Ini tugas Unsur OPD.")


async def test_a_wrong_role_is_a_403_even_before_the_body_is_looked_at(app: FastAPI) -> None:
    async with visiting(app) as budi:
        answer = await budi.http.post("/api/intake/tally/dinkes", json={"step": "tiga"}, headers=bearer("budi"))
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
    assert (answer.status_code, problem["type"], problem["errors"][0]["field"]) == (422, "urn:jejak:problem:R01", "served")


async def test_a_body_over_the_limit_is_a_413_as_json(app: FastAPI) -> None:
    async with visiting(app) as sri:
        answer = await sri.http.post("/api/intake/tally/dinkes", json={"step": "9" * 1_100_000}, headers=bearer("sri"))
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
    "token",
    ["", "x.y.z", token_of("sri", secret="anderer" * 8), token_of("nobody"), token_of("lama")],
    ids=["none", "junk", "forged", "unknown", "retired"],
)
async def test_without_a_valid_session_there_is_nothing_to_see(app: FastAPI, token: str) -> None:
    async with visiting(app) as somebody:
        answer = await somebody.http.get("/api/intake/tally", headers={"Authorization": f"Bearer {token}"} if token else {})
        page = await somebody.http.get("/hitung", cookies={COOKIE: token})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert (page.status_code, page.headers["location"]) == (303, "/masuk?ke=/hitung")


async def test_a_query_waits_for_an_own_position_that_is_there(app: FastAPI) -> None:
    async with visiting(app) as sri:
        done = await sri.http.post("/api/intake/tally/dinkes", json=STEP, headers=bearer("sri"))
        seen = await sri.http.get("/api/intake/tally", headers={**bearer("sri"), "Jejak-Position": done.json()["position"]})
    assert (seen.status_code, seen.json()["served"]) == (200, 3)


async def test_a_position_that_does_not_come_is_a_503_with_retry_after(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.web.acting.WAIT_API", 0.05)
    async with visiting(app) as sri:
        answer = await sri.http.get("/api/intake/tally", headers={**bearer("sri"), "Jejak-Position": "verification:verification-9@3"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


async def test_a_position_of_a_source_that_nobody_listens_to_is_not_waited_for(app: FastAPI) -> None:
    async with visiting(app) as sri:
        answer = await sri.http.get("/api/intake/tally", headers={**bearer("sri"), "Jejak-Position": "archive:item-9@3"})
    assert answer.status_code == 200


async def test_a_position_that_is_none_is_a_400(app: FastAPI) -> None:
    async with visiting(app) as sri:
        answer = await sri.http.get("/api/intake/tally", headers={**bearer("sri"), "Jejak-Position": "kemarin"})
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:jejak:problem:position-invalid")


async def test_a_page_is_shown_late_data_or_not_and_says_so(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.web.acting.WAIT_PAGE", 0.05)
    async with visiting(app, "sri") as sri:
        sri.http.cookies.set("jejak_posisi", "verification:verification-9@3")
        answer = await sri.get("/hitung")
    assert (answer.status_code, "belum sampai di halaman ini" in answer.text) == (200, True)


async def test_a_form_with_its_token_works_and_shows_a_notice_once(app: FastAPI) -> None:
    async with visiting(app, "sri") as sri:
        done = await sri.post("/hitung", {**await sri.fields("/hitung"), "step": "5"}, Origin=HERE)
        first, second = await sri.get("/hitung"), await sri.get("/hitung")
    assert (done.status_code, done.headers["location"]) == (303, "/hitung")
    assert ("<p>5</p>" in first.text, "Tersimpan." in first.text, "Tersimpan." in second.text) == (True, True, False)


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
    [{"Origin": "https://jahat.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}],
)
async def test_a_form_from_another_site_is_refused_even_with_the_token(app: FastAPI, headers: dict[str, str]) -> None:
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
        answer = await sri.http.post("/api/intake/tally/dinkes", json=STEP, headers={"Origin": "https://jahat.example"})
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


async def test_choosing_a_person_signs_in_and_goes_back_to_the_wanted_page(app: FastAPI) -> None:
    async with visiting(app) as somebody:
        answer = await somebody.post("/masuk", {"person": "sri", "ke": "/hitung"}, Origin=HERE)
        page = await somebody.get("/hitung")
        left = await somebody.post("/keluar", await somebody.fields("/hitung"), Origin=HERE)
        after = await somebody.get("/hitung")
    cookie = answer.headers["set-cookie"]
    assert (answer.headers["location"], page.status_code) == ("/hitung", 200)
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert (left.status_code, after.status_code) == (303, 303)


@pytest.mark.parametrize("target", ["https://jahat.example/", "//jahat.example", "/\\jahat.example", "javascript:alert(1)"])
async def test_signing_in_never_leads_elsewhere(app: FastAPI, target: str) -> None:
    async with visiting(app) as somebody:
        answer = await somebody.post("/masuk", {"person": "sri", "ke": target})
    assert answer.headers["location"] == "/"


async def test_a_program_signs_in_and_learns_its_roles(app: FastAPI) -> None:
    async with visiting(app) as program:
        answer = (await program.http.post("/api/intake/session", json={"person": "budi"})).json()
        me = (await program.http.get("/api/intake/session", headers={"Authorization": f"Bearer {answer['token']}"})).json()
    assert (me["person"], me["roles"]) == ("budi", ["kabag"])


async def test_a_person_whose_office_ended_can_not_sign_in(app: FastAPI) -> None:
    async with visiting(app) as program:
        assert (await program.http.post("/api/intake/session", json={"person": "lama"})).status_code == 404


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
        service = await caller.http.get("/api/intake/events?after=0", headers={"Authorization": f"Bearer {FEED_SECRET}"})
        heads = await caller.http.get("/api/intake/heads?after=0", headers={"Authorization": f"Bearer {FEED_SECRET}"})
        person = await caller.http.get("/api/intake/events", headers=bearer("budi"))
        other = await caller.http.get("/api/intake/events", headers=bearer("sri"))
        nobody = await caller.http.get("/api/intake/events")
    assert [event["type"] for event in service.json()["events"]] == ["figure-entered"]
    assert heads.json()["heads"] == [["tally-1", 1]]
    assert (person.status_code, other.status_code, nobody.status_code) == (200, 403, 401)


async def test_parked_messages_are_for_the_operator(app: FastAPI) -> None:
    async with visiting(app) as caller:
        operator = await caller.http.get("/api/intake/parked", headers=bearer("operator"))
        other = await caller.http.get("/api/intake/parked", headers=bearer("sri"))
        retry = await caller.http.post("/api/intake/parked/retry", json={"id": str(uuid.uuid4())}, headers=bearer("operator"))
    assert (operator.json(), other.status_code, retry.status_code) == ([], 403, 404)


async def test_the_service_says_that_it_lives_and_that_it_can_work(app: FastAPI) -> None:
    async with visiting(app) as caller:
        live, ready = await caller.get("/api/intake/health/live"), await caller.get("/api/intake/health/ready")
    assert (live.json()["status"], ready.json()) == ("live", {"status": "ready", "checks": {"database": {"ok": True}}})


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


async def test_signing_in_leads_to_a_place_that_the_person_may_use(app: FastAPI) -> None:
    async with visiting(app) as somebody:
        answer = await somebody.post("/masuk", {"person": "operator"}, Origin=HERE)
        page = await somebody.get("/masuk")
    assert answer.headers["location"] == "/macet"
    assert '<a class="brand" href="/macet">' in page.text
