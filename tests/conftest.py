"""Fixtures that every kind of test may ask for; nothing starts before a test asks."""

from typing import Any

import pytest
from hypothesis import settings

from shared.eventsourcing.pool import Pool

settings.register_profile("untimed", deadline=None)  # nothing is timed in a test
settings.load_profile("untimed")
Pool.strict = True  # whoever asks for a second connection while one is held is found by the test that does it

pytest_plugins = [
    "tests.lending",
    "tests.support.parts",
    "tests.dealing",
    "tests.object_lock.stores",
    "tests.support.whole",
    "tests.browser.windows",
]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """One of several processes tells the one that prints which parts it ran on."""
    from tests.support.parts import EXERCISED

    told = getattr(session.config, "workeroutput", None)
    if told is not None:
        told["exercised"] = EXERCISED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    from tests.support.parts import EXERCISED

    EXERCISED.update(getattr(node, "workeroutput", {}).get("exercised", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    from tests.support.parts import EXERCISED

    if EXERCISED:
        terminalreporter.section("parts exercised")
        for part, what in sorted(EXERCISED.items()):
            terminalreporter.write_line(f"{part}: {what}")
