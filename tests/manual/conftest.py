"""The demonstration's second kabupaten as `jejak up` plays it, in the whole Jejak of the tests."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from deploy.demo.running import play_running
from deploy.local.instance import Instance
from tests.browser.windows import chromium


@pytest.fixture(scope="session")
def cycles(jejak: Instance) -> dict[str, str]:
    """Its two cycles: last year's, which is on its way, and the one that is worked on."""
    before, now = play_running(jejak.address, lambda _step, _what: None)
    return {"before": before, "now": now}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened
