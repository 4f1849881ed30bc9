"""What several files of this folder ask for: the sheet of an agency as its officer has it open."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page

from deploy.demo.stage import OFFICERS
from tests.browser.windows import window_of
from tests.support.access import token_of
from tests.support.applications import listening
from tests.support.intake_room import CYCLE, IntakeRoom, intake_room, to_step_7
from tests.support.parts import PostgresPart


@pytest.fixture
def agency() -> str:
    """Whose sheet; a file may have another."""
    return "satpolpp"


@pytest.fixture
async def room(postgres: PostgresPart, agency: str) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("intake_sheet")) as made:
        await to_step_7(made, agency)
        yield made


@pytest.fixture
async def address(room: IntakeRoom) -> AsyncIterator[str]:
    async with listening(room.app) as found:
        yield found


@pytest.fixture
async def page(browser: Browser, address: str, agency: str) -> Page:
    opened = await window_of(browser, address, token_of(OFFICERS[agency]))
    await opened.goto(f"{address}/isian/{CYCLE}-{agency}-tahunan")
    return opened
