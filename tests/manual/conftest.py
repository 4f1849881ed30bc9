"""The demonstration's second kabupaten, played as its people would."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from deploy.demo import data
from deploy.demo.running import play_running
from deploy.local.instance import Instance
from tests.browser.windows import chromium


@pytest.fixture(scope="session")
def kulon_progo() -> Iterator[Instance]:
    """A running installation of the second kabupaten."""
    folder = Path(tempfile.mkdtemp(prefix="jejak-manual-"))
    folder.chmod(0o711)
    try:
        with ExitStack() as opened:
            with pytest.MonkeyPatch.context() as told:  # only while it starts: other tests start Jejak too
                told.setenv("JEJAK_REGION", data.region(data.KULON_PROGO)[0])
                told.setenv("JEJAK_PEOPLE", str(data.KULON_PROGO / "people.toml"))
                instance = opened.enter_context(Instance(folder / "var", parts="real"))
            yield instance
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def cycles(kulon_progo: Instance) -> dict[str, str]:
    """Its two cycles: last year's, which is on its way, and the one that is worked on."""
    before, now = play_running(kulon_progo.address, lambda _step, _what: None)
    return {"before": before, "now": now}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened
