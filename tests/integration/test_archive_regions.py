"""Two regions in one audit log: nobody reads a line, finds a word or gets a proof of the other region,
whatever an address names.
"""

import json
from collections.abc import AsyncIterator, Sequence

import psycopg
import pytest

from services.archive.log.regions import named_region
from shared.contracts.persons.account import AccountInvited
from shared.messaging.envelope import Received
from shared.web.words.lateness import late_words
from tests.integration.test_audit_log import checked
from tests.integration.two_regions import (
    AGENCY,
    OF_THEIRS,
    OURS,
    SIZE,
    THEIRS,
    lines,
    one_log,
    two_regions,
)
from tests.support.applications import migrated
from tests.support.archive_room import Archive, event_of
from tests.support.events import made
from tests.support.parts import PostgresPart


@pytest.fixture
async def archive(postgres: PostgresPart) -> AsyncIterator[Archive]:
    async with two_regions(postgres.fresh_database("archive_regions")) as opened:
        yield opened


def regions_of(rows: Sequence[dict[str, object]]) -> set[str]:
    return {named_region(str(row["stream"]), OURS) for row in rows} - {"0000"}


async def test_each_region_is_shown_all_of_its_own_lines_and_none_of_the_others(archive: Archive) -> None:
    ours, theirs = await lines(archive, "ina"), await lines(archive, "tuti")
    assert (regions_of(ours), regions_of(theirs)) == ({OURS}, {THEIRS})
    both = {row["index"] for row in ours} | {row["index"] for row in theirs}
    assert both == set(range(SIZE))
    assert not [mark for mark in OF_THEIRS if mark in json.dumps(ours)]
    accounts = [row["stream"] for row in ours if str(row["stream"]).startswith("account-")]
    assert accounts == ["account-sri"], "an account is of the region of its person"


async def test_what_is_of_no_region_is_shown_to_whom_the_table_names(archive: Archive) -> None:
    shown = {who: [row["type"] for row in await lines(archive, who)] for who in ("ina", "tri", "oki", "tuti")}
    assert "login-requested" in shown["ina"]
    assert "login-requested" in shown["tuti"]
    assert "login-requested" not in shown["tri"]
    assert shown["oki"] == ["login-requested"], "whoever runs Jejak sees nothing of a case"
    assert (await archive.page("oki", "/jejak-audit")).status_code == 200
    assert (await archive.ask("sri", "/lines")).status_code == 403


@pytest.mark.parametrize("words", ["Rahasia", "kota rahasia", "tuti", "dinas kesehatan rahasia", "3471-2026"])
async def test_no_word_of_the_other_region_is_found(archive: Archive, words: str) -> None:
    assert await lines(archive, "tuti", f"&search={words}")
    assert await lines(archive, "ina", f"&search={words}") == []
    page = (await archive.page("ina", f"/jejak-audit?cari={words}")).text
    assert "Tidak ada peristiwa yang cocok." in page
    assert AGENCY[THEIRS] not in page


async def test_a_word_of_both_regions_finds_all_of_ours_on_every_page(archive: Archive) -> None:
    found = [row["index"] for row in await lines(archive, "ina", "&search=budi")]
    own = [row["index"] for row in await lines(archive, "ina") if '"by":"budi"' in str(row["line"])]
    assert found == own
    assert len(found) > 4


async def test_a_cursor_of_the_other_regions_list_leads_on_in_ones_own(archive: Archive) -> None:
    theirs = (await archive.ask("tuti", "/lines?limit=2")).json()
    answer = (await archive.ask("ina", f"/lines?after={theirs['next']}")).json()
    assert regions_of(answer["items"]) == {OURS}


async def test_whatever_names_a_line_or_a_thing_of_the_other_region_leads_nowhere(archive: Archive) -> None:
    theirs = [row["index"] for row in await lines(archive, "tuti") if row["type"] != "login-requested"]
    assert len(theirs) > 5
    for index in theirs:
        assert (await archive.page("ina", f"/jejak-audit/{index}")).status_code == 404
        assert (await archive.ask("ina", f"/proof/{index}")).status_code == 404
        assert (await archive.ask("tuti", f"/proof/{index}")).status_code == 200
    for path in ("cycle-3471-2026", "people-3471", "agency-3471-dinkes", "account-tuti"):
        assert not (await archive.ask("ina", f"/lines?stream={path}")).json().get("items")
        page = await archive.page("ina", f"/jejak-audit?alur={path}")
        assert page.status_code == 404 or "Tidak ada peristiwa yang cocok." in page.text
    files = [f"/arsip/3471-2026/laporan/{which}" for which in ("berkas", "naskah")]
    for path in ("/arsip?siklus=3471-2026", *files):
        assert (await archive.page("ina", path)).status_code == 404
    assert (await archive.ask("ina", "/cycles/3471-2026")).status_code == 404
    told = await archive.tell("tri", "/cycles/3471-2026/close", {"occurred_on": "2027-03-12"})
    assert told.status_code == 404


async def test_nobody_learns_by_waiting_how_far_a_stream_of_the_other_region_is(archive: Archive) -> None:
    for version in (1, 999):
        asked = {"Jejak-Position": f"intake:cycle-3471-2026@{version}"}
        assert (await archive.ask("ina", "/lines", **asked)).status_code == 200


async def test_the_same_agency_has_the_name_that_it_has_in_its_region(archive: Archive) -> None:
    for person, own, other in (("ina", OURS, THEIRS), ("tuti", THEIRS, OURS)):
        page = (await archive.page(person, "/jejak-audit")).text
        assert AGENCY[own] in page
        assert AGENCY[other] not in page


async def test_lateness_goes_by_the_calendar_of_the_region(archive: Archive) -> None:
    """Both printed two days after the due day; the day between is off in the other region alone."""
    for person, late in (("ina", 2), ("tuti", 1)):
        page = (await archive.page(person, "/jejak-audit?cari=digandakan")).text
        assert late_words(late) in page
        assert late_words(3 - late) not in page


async def test_what_differs_in_the_other_region_is_not_told_here(archive: Archive) -> None:
    theirs = next(row for row in await lines(archive, "tuti") if row["type"] == "person-registered")
    archive.tamper(
        "INSERT INTO difference (walk, kind, place, source, stream, version, index, detail) VALUES "
        "('log', 'leaf-hash', %s, 'intake', 'people-3471', 1, %s, 'Rahasia'), "
        "('intake', 'missing', 'm', 'intake', 'people-3471', 7, NULL, 'Rahasia')",
        (str(theirs["index"]), theirs["index"]),
    )
    for person, told in (("ina", False), ("tuti", True)):
        page = (await archive.page(person, "/jejak-audit")).text
        assert ("isi baris bukan yang disidik" in page) is told
    assert (await archive.page("ina", f"/jejak-audit/{theirs['index']}")).status_code == 404
    archive.tamper("DELETE FROM leaf WHERE index = %s", (theirs["index"],))
    assert (await archive.page("ina", f"/jejak-audit/{theirs['index']}")).status_code == 404
    assert (await archive.page("tuti", f"/jejak-audit/{theirs['index']}")).status_code == 410


async def test_a_line_that_was_put_under_another_region_is_found(archive: Archive) -> None:
    assert (await checked(archive)).wrong == []
    archive.tamper("UPDATE leaf_lookup SET region = '3402' WHERE index = 0")
    assert any("leaf-region" in sentence for sentence in (await checked(archive)).wrong)


def test_lines_from_before_get_the_region_that_they_would_get_now(postgres: PostgresPart) -> None:
    """An installation from when there was one region, and streams that name none."""
    database = postgres.fresh_database("archive_before")
    migrated("archive", database, "archive_0009")
    events = [event for event in one_log() if "3471" not in event.stream and "tuti" not in event.stream]
    with psycopg.connect(database.owner, autocommit=True) as conn:
        for index, event in enumerate([*events, event_of(made(AccountInvited), stream="account-nobody")]):
            conn.execute(
                b"INSERT INTO leaf VALUES (%s, %s, %s, %s, %s, %s, '', '', now(), %s, '')",
                (index, event.source, event.stream, event.version, event.case_id, event.type, _line(event)),
            )
            conn.execute(b"INSERT INTO leaf_lookup VALUES (%s, %s, %s, 'kata')", (index, event.source, index))
    migrated("archive", database)
    with psycopg.connect(database.owner) as conn:
        found = dict(
            conn.execute(b"SELECT stream, region FROM leaf JOIN leaf_lookup USING (index)").fetchall()
        )
        words = conn.execute(
            b"SELECT bool_and(words @@ quote_literal('g:' || region)::tsquery) FROM leaf_lookup"
        )
        assert words.fetchone() == (True,)
    assert found == {stream: named_region(stream, OURS) for stream in found} | {"account-sri": OURS}
    assert found["account-nobody"] == "0000"


def _line(event: Received) -> bytes:
    said = {"source": event.source, "stream": event.stream, "data": json.loads(event.data)}
    return json.dumps(said).encode()
