"""Fixtures that every kind of test may ask for; nothing starts before a test asks."""

import pytest

pytest_plugins = ["tests.support.parts", "tests.support.lock_stores", "tests.support.whole", "tests.support.browsing"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    from tests.support.parts import EXERCISED

    if EXERCISED:
        terminalreporter.section("parts exercised")
        for part, what in sorted(EXERCISED.items()):
            terminalreporter.write_line(f"{part}: {what}")
