"""How a run is dealt out to several processes: a file stays together, also what needs the same costly part,
and what takes longest comes first, so that nobody waits for a last long file.
"""

from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadGroupScheduling

TESTS = Path(__file__).parent

COSTLY = {
    "jejak": "jejak",
    "kafka": "kafka",
    "object_store": "store",
    "lock_store": "store",
    "keycloak": "keycloak",
}
"""Fixtures that are started once in a process: whoever needs one goes where it runs already."""
ORDER = (
    "jejak",
    "kafka",
    "store",
    "keycloak",
    "flow",
    "faults",
    "browser",
    "integration",
    "property",
    "architecture",
)
"""Groups and folders; all others last."""


class Dealing(LoadGroupScheduling):
    """By group; a test without one goes with its file."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # the order is ours

    def _split_scope(self, nodeid: str) -> str:
        return super()._split_scope(nodeid).partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Dealing | None:
    return Dealing(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In each of several processes; a single one goes through the files as they are."""
    if not hasattr(config, "workerinput"):
        return
    for item in items:
        names = getattr(item, "fixturenames", ())
        if costly := next((group for part, group in COSTLY.items() if part in names), None):
            item.add_marker(pytest.mark.xdist_group(costly))
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    group = item.get_closest_marker("xdist_group")
    name = group.args[0] if group else item.path.relative_to(TESTS).parts[0]
    return ORDER.index(name) if name in ORDER else len(ORDER)
