"""What differs between two moments: asked by addresses that mean the same for ever, for who may see it."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.archive.between import queries
from services.archive.log.regions import Seen
from shared.clock import WIB
from shared.contracts.intake import CycleOpened, FigureEntered
from shared.eventsourcing import store
from tests.integration.recorded_pages import shown
from tests.integration.test_audit_log import archive as archive  # noqa: PLC0414  the fixture of that room
from tests.integration.test_what_changed import CASE, FIGURE, SAID, STREAM, VIEWER, told
from tests.support.archive_room import CYCLE, Archive, event_of, plain
from tests.support.events import made

ADDRESS = f"/jejak-audit/beda/{CYCLE}"


async def moment(archive: Archive) -> str:
    """This moment, once it is over."""
    async with archive.running.pool.connection() as conn:
        await store.tick(conn, await store.settled(conn))
    await asyncio.sleep(0.002)
    now = datetime.now(UTC).astimezone(WIB).replace(tzinfo=None).isoformat()
    archive.app.state.clock = lambda: datetime.now(UTC)
    await asyncio.sleep(0.002)
    return now


async def begun(archive: Archive) -> None:
    """A cycle in which figures were typed."""
    opened = made(CycleOpened, report_due=date(2027, 3, 31), by="budi", occurred_on=date(2026, 1, 5))
    await archive.hear(event_of(opened, stream=f"cycle-{CYCLE}"))
    await told(archive)


async def mended(archive: Archive) -> None:
    figure = replace(FIGURE, served=4500, realised=4075)
    entered = FigureEntered(**CASE, service="kes.ibu_hamil", figure=figure, **SAID)
    await archive.hear(event_of(entered, stream=STREAM, version=5))


async def test_between_two_moments_the_same_differs_for_ever(archive: Archive) -> None:
    await begun(archive)
    first = await moment(archive)
    await mended(archive)
    second = await moment(archive)
    address = f"{ADDRESS}?dari={first}&sampai={second}"
    page = shown((await archive.page("ina", address)).text)
    assert "<del>4.000</del>" in page
    assert "<ins>4.500</ins>" in page
    assert "4.075" not in page, "what did not change"
    await archive.log(*(plain(number) for number in range(5, 12)))
    assert shown((await archive.page("ina", address)).text) == page
    swapped = (await archive.page("ina", f"{ADDRESS}?dari={second}&sampai={first}")).text
    assert swapped.count("<ins>4.500</ins>") == 1
    same = (await archive.page("ina", f"{ADDRESS}?dari={first}&sampai={first}")).text
    assert "tidak ada yang berbeda" in same
    whole = (await archive.page("ina", f"{ADDRESS}?dari=2020-01-01&sampai=intake:{STREAM}@5")).text
    assert "Siklus dibuka" in whole
    assert "<del>4.000</del>" not in whole


async def test_a_moment_that_is_typed_becomes_an_address(archive: Archive) -> None:
    await begun(archive)
    first = await moment(archive)
    asked = await archive.page("ina", f"{ADDRESS}?dari={first}&sampai_hari=")
    assert asked.status_code == 303
    assert asked.headers["location"].startswith(f"{ADDRESS}?dari={first}&sampai=20")
    typed = await archive.page("ina", f"{ADDRESS}?dari_hari=17+Feb+2026&dari_jam=14.30&sampai_hari=18/2/2026")
    assert typed.headers["location"] == f"{ADDRESS}?dari=2026-02-17T14:30&sampai=2026-02-18"
    assert "Pilih saat kedua" in (await archive.page("ina", f"{ADDRESS}?dari={first}")).text


@pytest.mark.parametrize(
    ("person", "address", "status"),
    [
        ("sri", ADDRESS, 403),
        ("ina", "/jejak-audit/beda/3402-1999", 404),
        ("ina", "/jejak-audit/beda/3471-2026", 404),
        ("ina", f"{ADDRESS}?dari=besok", 422),
        ("ina", f"{ADDRESS}?dari=2099-01-01", 422),
        ("ina", f"{ADDRESS}?dari=intake:{STREAM}@99", 404),
        ("ina", f"{ADDRESS}?dari_hari=31/2/2026", 422),
        ("ina", f"{ADDRESS}?pada=2026-11-01", 409),
        ("ina", f"{ADDRESS}?dari={'x' * 500}", 422),
    ],
)
async def test_what_is_not_there_or_not_to_be_seen_is_said(
    archive: Archive, person: str, address: str, status: int
) -> None:
    await begun(archive)
    archive.app.state.clock = lambda: datetime.now(UTC)
    assert (await archive.page(person, address)).status_code == status


async def test_of_another_agency_or_region_nothing_differs(archive: Archive) -> None:
    await begun(archive)
    async with archive.running.pool.connection() as conn:
        whole = Seen(VIEWER, ("3402",), whole=True)
        assert len(await queries.lines_between(conn, whole, CYCLE, 0, 99)) == 5
        for other in (
            replace(whole, regions=("3471",)),
            replace(whole, viewer=replace(VIEWER, reach=frozenset({"dinsos"}))),
        ):
            assert await queries.lines_between(conn, other, CYCLE, 0, 99) == []
        assert await queries.lines_between(conn, whole, "3402-2025", 0, 99) == []
