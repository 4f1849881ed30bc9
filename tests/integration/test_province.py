"""The province's page: how far its regions are and what index holds, never a figure that is not approved,
nothing of a region elsewhere, and nothing on any other page or route of the four services.
"""

import re
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from shared.access import people as people_file
from shared.access.people import People
from shared.contracts.intake import CycleOpened
from shared.contracts.verification import AllSubmissionsApproved
from shared.service_names import SERVICES
from tests.architecture.test_endpoint_matrix import path_of
from tests.architecture.test_roles_table import declarations, routes
from tests.integration.documents_room import NOW, PEOPLE, DocumentsRoom, documents_room
from tests.support.access import fresh_token
from tests.support.applications import application, fill, person_in, visiting
from tests.support.events import CONTENT, made
from tests.support.parts import PostgresPart
from tests.support.report_figures import approval, approvals

OFFICE, ELSEWHERE = ("pia", "pro"), "3300"
BOTH = People.together(
    {
        "3402": PEOPLE,
        **{
            region: people_file.parse(
                {
                    "agencies": {"biro": f"Biro {region}"},
                    "person": [person_in("biro", who, f"{who.title()} Biro", "provinsi")],
                },
                region,
            )
            for who, region in zip(OFFICE, ("3400", ELSEWHERE), strict=True)
        },
    }
)
OTHER = "3471-2026"


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[DocumentsRoom]:
    async with documents_room(postgres.fresh_database("province")) as opened:
        opened.running.roster.now = lambda: BOTH  # type: ignore[method-assign]
        await opened.hear_of_cycle()
        said = {"cycle": OTHER, "region": "3471", "region_name": "Kota Lain", "report_due": date(2027, 3, 31)}
        await opened.hear(made(CycleOpened, **said), f"cycle-{OTHER}")
        yield opened


async def shown(room: DocumentsRoom, person: str = "pia") -> dict[str, Any]:
    rows = await room.give("GET", "/province", person)
    return {row["cycle"]: row for row in rows}  # type: ignore[index]


async def test_a_region_is_shown_from_its_first_day_without_an_index(room: DocumentsRoom) -> None:
    found = await shown(room)
    assert set(found) == {"3402-2026", OTHER}
    assert [(row["approved"], row["standing"], row["index"], row["category"]) for row in found.values()] == [
        (0, "open", None, None)
    ] * 2
    page = (await room.page("pia", "/provinsi")).text
    assert page.count("belum ada indeks") == 2
    assert "Kota Lain" in page


async def test_an_index_comes_when_all_is_approved_and_goes_when_one_approval_is_void(
    room: DocumentsRoom,
) -> None:
    first, *rest = approvals()
    await room.hear(approval(first), f"verification-{first.submission.partition('-')[2]}")
    part = (await shown(room))["3402-2026"]
    assert (part["approved"], part["standing"], part["index"]) == (1, "open", None)
    assert set(part["urusan"].values()) == {None}, "part of a region is no index of a field of it"
    assert not re.search(r"\d\d,\d\d", (await room.page("pia", "/provinsi")).text)
    for each in rest:
        await room.hear(approval(each), f"verification-{each.submission.partition('-')[2]}")
    digests = {each.submission: each.digest for each in approvals()}
    said = {"digests": digests, "contributors": ("sri",), "verifiers": ("rahmat",), "by": "rahmat"}
    await room.hear(made(AllSubmissionsApproved, **said, occurred_on=date(2027, 3, 1)), "round-3402-2026")
    whole = (await shown(room))["3402-2026"]
    assert (whole["standing"], whole["category"]) == ("approved", "Tuntas Utama")
    assert whole["index"].startswith("9")
    assert (await shown(room))[OTHER]["index"] is None
    page = (await room.page("pia", "/provinsi")).text
    assert "laporan belum disahkan" in page
    await room.hear_voided()
    gone = (await shown(room))["3402-2026"]
    assert (gone["standing"], gone["index"], gone["endorsed_on"]) == ("open", None, None)


async def test_an_endorsed_report_is_said_so_with_its_way_to_the_governor(room: DocumentsRoom) -> None:
    digest = await room.hear_ready_to_send()
    found = (await shown(room))["3402-2026"]
    assert (found["standing"], found["endorsed_on"], found["sent_on"]) == ("endorsed", "2027-03-12", None)
    sent = {"digest": digest, "agenda_number": "045/12", "carrier": "Kurir", "occurred_on": "2027-03-26"}
    await room.tell("rahmat", "/cycles/3402-2026/dispatches/gubernur/sending", sent)
    found = (await shown(room))["3402-2026"]
    assert (found["step"], found["sent_on"], found["received_on"]) == (12, "2027-03-26", None)
    page = (await room.page("pia", "/provinsi")).text
    assert "laporan disahkan" in page
    assert f'<td class="num" data-label="Indeks">{found["index"][:2]},' in page


async def test_the_office_of_another_province_sees_none_of_these_regions(room: DocumentsRoom) -> None:
    await room.hear_drafted_and_endorsed()
    assert await shown(room, "pro") == {}
    page = (await room.page("pro", "/provinsi")).text
    assert "Belum ada siklus pada tahun ini." in page
    assert "Bantul" not in page


@pytest.mark.parametrize("person", ["kurnia", "rahmat", "sri", "ina", "op"])
async def test_nobody_of_a_region_sees_the_others_on_it(room: DocumentsRoom, person: str) -> None:
    assert (await room.page(person, "/provinsi")).status_code == 403
    assert (await room.ask(person, "/province")).status_code == 403


@pytest.mark.parametrize("year", ["1999", "3000", "x", "2026&tahun=2025"])
async def test_a_year_that_is_none_is_a_sentence(room: DocumentsRoom, year: str) -> None:
    assert (await room.page("pia", f"/provinsi?tahun={year}")).status_code in {200, 422}
    assert (await room.ask("pia", f"/province?year={year}")).status_code == 422 or "&" in year


@pytest.mark.parametrize("service", SERVICES)
async def test_no_route_gives_the_province_a_figure_that_is_not_approved(
    postgres: PostgresPart, service: str
) -> None:
    """Every route of all services, over a cycle with figures typed, handed in and approved."""
    database = postgres.fresh_database(f"province_{service}")
    await fill(service, database)
    opened = []
    async with application(service, database, people=BOTH, now=NOW) as app, visiting(app) as browser:
        for route in routes(service):
            (declaration,) = declarations(route)
            if declaration.kind == "public":
                continue
            for method in route.methods - {"HEAD", "OPTIONS"}:
                path = path_of(route, "dinsos")
                answer = await browser.http.request(
                    method, path, headers={"Authorization": f"Bearer {fresh_token(OFFICE[0])}"}
                )
                assert not [mark for mark in CONTENT if mark in answer.text], path
                if declaration.kind in {"query", "command", "feed"} and answer.status_code < 300:
                    opened.append(path)
    table = {"documents": {"/provinsi", "/api/documents/province"}, "intake": {"/daerah"}}
    assert set(opened) == table.get(service, set())
