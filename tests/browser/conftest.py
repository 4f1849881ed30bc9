"""What several files of this folder ask for: the sheet of Satpol PP as its officer has it open."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page

from tests.browser.windows import window_of
from tests.support.access import token_of
from tests.support.applications import listening
from tests.support.intake_room import CYCLE, IntakeRoom, intake_room, to_step_7
from tests.support.parts import PostgresPart


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("intake_sheet")) as made:
        await to_step_7(made, "satpolpp")
        yield made


@pytest.fixture
async def address(room: IntakeRoom) -> AsyncIterator[str]:
    async with listening(room.app) as found:
        yield found


@pytest.fixture
async def page(browser: Browser, address: str) -> Page:
    opened = await window_of(browser, address, token_of("agus"))
    await opened.goto(f"{address}/isian/{CYCLE}-satpolpp-tahunan")
    return opened
