"""Services handed over between agencies in a running cycle, over HTTP on a real database: both submissions
change together or not at all, and everything that counts agencies follows.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from deploy.demo.stage import OFFICERS
from services.intake.domain.agency import RegisterAgency
from shared.contracts.verification import ReportEndorsed
from tests.support.events import made
from tests.support.intake_room import CYCLE, IntakeRoom, fill, hand_in, intake_room, to_step_7
from tests.support.parts import PostgresPart

GIVER, NEW = f"/submissions/{CYCLE}-dinsos-tahunan", f"/submissions/{CYCLE}-dp3a-tahunan"
TAKER = f"/submissions/{CYCLE}-dinkes-tahunan"
WHY = {"reason": "Dinas Sosial dipecah.", "letter": "Perbup 12/2026, 1 Oktober 2026"}
ONE = "sos.anak"


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("handing_over")) as made_room:
        await to_step_7(made_room)
        named = {"agency": "dp3a", "name": "Dinas P3A", "short_name": "DP3A"}
        await made_room.order(
            "agency-dp3a", RegisterAgency(**named, by="bagus", occurred_on=date(2026, 1, 5))
        )
        yield made_room


async def moved(room: IntakeRoom, taker: str, *services: str, path: str = GIVER, **said: Any) -> Any:
    body = {"services": services, "taker": taker, **WHY, **said}
    return await room.call("POST", f"{path}/handing-over", said.pop("person", "bagus"), body)


async def parts(room: IntakeRoom) -> list[str]:
    return sorted((await room.give("GET", f"/cycles/{CYCLE}/steps/filling", "bagus"))["parts"])


async def test_one_service_goes_to_a_new_agency_with_its_figure_and_evidence(room: IntakeRoom) -> None:
    await fill(room, "dinsos")
    officer = OFFICERS["dinsos"]
    file = await room.upload(officer)
    await room.give("POST", f"{GIVER}/evidence", officer, {**file, "services": [ONE, "sos.lansia"]})
    before = await room.give("GET", GIVER, "bagus")
    went = await moved(room, "dp3a", ONE)
    assert went.status_code == 200, went.text
    left, came = await room.give("GET", GIVER, "bagus"), await room.give("GET", NEW, "bagus")
    assert (came["services"], came["standing"], came["agency_name"]) == ([ONE], "open", "Dinas P3A")
    assert came["figures"][ONE]["figure"] == before["figures"][ONE]["figure"]
    assert came["figures"][ONE]["by"] == officer
    assert set(left["figures"]) == set(before["figures"]) - {ONE}
    assert set(left["services"]) == set(before["services"]) - {ONE}
    assert [entry["services"] for entry in (*came["evidence"], *left["evidence"])] == [[ONE], ["sos.lansia"]]
    assert await parts(room) == ["dinkes", "dinsos", "dp3a", "satpolpp"]
    assert (await room.rebuilt()).identical
    for path, whom in ((GIVER, officer), (NEW, "bagus")):
        page = await room.page(whom, path.replace("/submissions", "/isian"))
        assert "Dinas Sosial dipecah. (Perbup 12/2026, 1 Oktober 2026)" in page.text
    other = await room.page(OFFICERS["dinkes"], f"/siklus/{CYCLE}/riwayat")
    assert "dipecah" not in other.text


async def test_what_nothing_is_left_of_is_closed_and_nobody_waits_for_it(room: IntakeRoom) -> None:
    await hand_in(room, "satpolpp")
    await fill(room, "dinsos")
    services = (await room.give("GET", GIVER, "bagus"))["services"]
    assert (await moved(room, "dinkes", *services)).status_code == 200
    left, came = await room.give("GET", GIVER, "bagus"), await room.give("GET", TAKER, "bagus")
    assert (left["standing"], left["services"], left["figures"]) == ("withdrawn", [], {})
    assert set(services) < set(came["services"])
    assert await parts(room) == ["dinkes", "satpolpp"]
    officer = OFFICERS["dinsos"]
    answer = await room.call("PUT", f"{GIVER}/figures/{ONE}", officer, {"served": 1, "entitled": 2})
    assert answer.json()["type"].endswith("submission-withdrawn")
    page = await room.page(officer, GIVER.replace("/submissions", "/isian"))
    assert page.status_code == 200
    assert "isian ini ditutup" in page.text
    for path in ("/isian", "/", f"/siklus/{CYCLE}"):
        assert (await room.page("bagus", path)).status_code == 200
    await hand_in(room, "dinkes")
    step = await room.give("GET", f"/cycles/{CYCLE}/steps/filling", "bagus")
    assert step["state"] == "done"
    assert (await room.rebuilt()).identical


async def test_what_came_back_is_filled_in_again(room: IntakeRoom) -> None:
    services = (await room.give("GET", GIVER, "bagus"))["services"]
    await moved(room, "dinkes", *services)
    assert (await moved(room, "dinsos", ONE, path=TAKER)).status_code == 200
    back = await room.give("GET", GIVER, "bagus")
    assert (back["standing"], back["services"]) == ("open", [ONE])
    assert await parts(room) == ["dinkes", "dinsos", "satpolpp"]


RENAMED = {"name": "Dinas Sosial dan Keluarga", "short_name": "Dinsoskel"}


@pytest.mark.parametrize(
    ("path", "named"),
    [
        (f"/isian/{CYCLE}-dinsos-tahunan", "Dinas Sosial"),
        (f"/isian/{CYCLE}-dinsos-tahunan/alihkan", "Dinas Sosial"),
        (f"/isian/{CYCLE}-dp3a-tahunan", "Dinas Sosial"),
        ("/isian", "Dinas Sosial"),
        ("/opd", "Dinas Sosial dan Keluarga"),
        (f"/isian/{CYCLE}-dinkes-tahunan/alihkan", "Dinas Sosial dan Keluarga"),
        (f"/api/intake{GIVER}", "Dinas Sosial"),
    ],
)
async def test_an_agency_that_is_renamed_keeps_its_name_in_the_running_cycle(
    room: IntakeRoom, path: str, named: str
) -> None:
    """What was opened under a name goes by it to the end of its cycle; what is to come has the new one."""
    assert (await moved(room, "dp3a", ONE)).status_code == 200
    await room.give("PUT", "/agencies/dinsos", "hesti", {**RENAMED, "occurred_on": "2027-01-18"})
    page = await room.page("bagus", path)
    assert page.status_code == 200
    assert (named in page.text, "Keluarga" in page.text) == (True, named != "Dinas Sosial")


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"taker": "dinsos"}, 422, "taker-is-giver"),
        ({"taker": "dinas_lain"}, 422, "taker-unknown"),
        ({"services": ["kes.balita"]}, 422, "service-not-held"),
        ({"services": []}, 422, "services-missing"),
        ({"services": ["sos.tak_ada"]}, 422, "service-not-held"),
        ({"reason": " "}, 422, "reason-missing"),
        ({"letter": " "}, 422, "letter-missing"),
        ({"reason": "x" * 1_000_000}, 413, "too-large"),
        ({"reason": "x" * 60_000}, 422, ""),
        ({"letter": "x" * 60_000}, 422, ""),
        ({"taker": "x" * 60_000}, 422, ""),
        ({"letter": "a\u202eb"}, 422, ""),
    ],
)
async def test_what_is_not_handed_over_changes_neither_side(
    room: IntakeRoom, said: dict[str, Any], status: int, code: str
) -> None:
    before = await room.give("GET", GIVER, "bagus")
    body = {"services": [ONE], "taker": "dp3a", **WHY, **said}
    answer = await room.call("POST", f"{GIVER}/handing-over", "bagus", body)
    assert answer.status_code == status, answer.text
    assert answer.json()["type"].endswith(code)
    assert await room.give("GET", GIVER, "bagus") == before
    assert (await room.call("GET", NEW, "bagus")).status_code == 404


async def test_nobody_but_the_office_hands_over(room: IntakeRoom) -> None:
    body = {"services": [ONE], "taker": "dp3a", **WHY}
    for person in (OFFICERS["dinsos"], OFFICERS["dinkes"], "tari"):
        answer = await room.call("POST", f"{GIVER}/handing-over", person, body)
        assert answer.status_code in {403, 404}
        assert (await room.page(person, f"/isian/{CYCLE}-dinsos-tahunan/alihkan")).status_code in {403, 404}


async def test_what_lies_with_tim_spm_stays_where_it_is_until_it_is_opened_again(room: IntakeRoom) -> None:
    await hand_in(room, "dinsos")
    assert (await moved(room, "dinkes", ONE)).json()["type"].endswith("giver-handed-in")
    answer = await moved(room, "dinsos", "kes.balita", path=TAKER)
    assert answer.json()["type"].endswith("taker-handed-in")
    assert "kes.balita" in (await room.give("GET", TAKER, "bagus"))["services"]
    taken_back = {"reason": "Layanan dialihkan."}
    await room.give("POST", f"{GIVER}/taking-back", OFFICERS["dinsos"], taken_back)
    assert (await moved(room, "dinkes", ONE)).status_code == 200


async def test_nothing_goes_over_when_the_report_is_endorsed(room: IntakeRoom) -> None:
    await room.hear(made(ReportEndorsed, cycle=CYCLE), f"endorsement-{CYCLE}")
    assert (await moved(room, "dinkes", ONE)).json()["type"].endswith("report-endorsed")


async def test_the_same_request_again_is_one_act(room: IntakeRoom) -> None:
    body, key = {"services": [ONE], "taker": "dp3a", **WHY}, {"Idempotency-Key": "sekali"}
    first, second = [await room.call("POST", f"{GIVER}/handing-over", "bagus", body, **key) for _ in range(2)]
    assert first.json() == second.json()
    assert await named(room, "ServicesHandedOver") == await named(room, "ServicesTakenOver") == 1


async def test_two_offices_at_once_hand_a_service_over_once(room: IntakeRoom) -> None:
    """And two agencies that give to each other at once wait for each other, not for ever."""
    answers = await asyncio.gather(*(moved(room, taker, ONE) for taker in ("dp3a", "dinkes", "dp3a")))
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422]
    crossing = await asyncio.gather(
        moved(room, "dinkes", "sos.lansia"),
        moved(room, "dinsos", "kes.balita", path=TAKER),
        moved(room, "dinkes", "sos.bencana"),
        moved(room, "dinsos", "kes.ibu_hamil", path=TAKER),
    )
    assert [answer.status_code for answer in crossing] == [200] * 4
    found = (await room.give("GET", f"/cycles/{CYCLE}/submissions", "bagus"))["items"]
    held = [service for row in found for service in row["services"]]
    assert len(held) == len(set(held))
    assert {"sos.lansia", "sos.bencana"} < set((await room.give("GET", TAKER, "bagus"))["services"])


async def test_entering_and_handing_over_at_once_loses_nothing(room: IntakeRoom) -> None:
    officer = OFFICERS["dinsos"]
    path, figure = f"{GIVER}/figures/{ONE}", {"served": 3, "entitled": 9}
    entered, gone = await asyncio.gather(room.call("PUT", path, officer, figure), moved(room, "dp3a", ONE))
    assert gone.status_code == 200
    came = (await room.give("GET", NEW, "bagus"))["figures"]
    assert (ONE in came) is (entered.status_code == 200)
    assert (await room.rebuilt()).identical


async def test_a_page_shows_what_would_go_along_and_says_what_stops_it(room: IntakeRoom) -> None:
    await fill(room, "dinsos")
    address = f"/isian/{CYCLE}-dinsos-tahunan/alihkan"
    page = await room.page("bagus", address)
    assert page.text.count('name="services"') == len((await room.give("GET", GIVER, "bagus"))["services"])
    async with room.browsing("bagus") as browser:
        said = {"taker": "dp3a", "letter": WHY["letter"]}
        refused = await browser.send(address, services=ONE, reason=" ", **said)
        assert refused.status_code == 422
        assert "Tulis mengapa layanan dialihkan" in refused.text
        gone = await browser.send(address, services=ONE, reason=WHY["reason"], **said)
        assert gone.headers["location"].startswith(f"/isian/{CYCLE}-dinsos-tahunan")
    assert (await room.give("GET", NEW, "bagus"))["services"] == [ONE]


async def named(room: IntakeRoom, event: str) -> int:
    kind = {"ServicesHandedOver": "services-handed-over", "ServicesTakenOver": "services-taken-over"}[event]
    async with room.running.pool.connection() as conn:
        found = await (await conn.execute("SELECT count(*) FROM event WHERE type = %s", (kind,))).fetchone()
    assert found is not None
    return int(found[0])


async def test_the_taker_learns_of_it_with_the_giver_or_not_at_all(room: IntakeRoom) -> None:
    """The event of the taker names that of the giver as its cause, in the same transaction."""
    await moved(room, "dp3a", ONE)
    asked = (
        "SELECT stream, xmin::text, metadata->'causation'->>'stream' FROM event "
        "WHERE type IN ('services-handed-over', 'services-taken-over') ORDER BY position"
    )
    async with room.running.pool.connection() as conn:
        gave, took = await (await conn.execute(asked)).fetchall()
    assert gave[1] == took[1]
    assert took[2] == gave[0] == f"submission-{CYCLE}-dinsos-tahunan"
