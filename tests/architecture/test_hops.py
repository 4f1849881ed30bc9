"""An event's way can be walked by docstrings alone: each module on it names its role, its SOP step,
the hop before and the hop after.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from shared.service_names import SERVICES
from tests.support.sources import parsed

ROOT = Path(__file__).parent.parent.parent
SPINE = ("agents.py", "process_manager.py", "projections.py", "bootstrap.py")
DOORS = ("api.py", "pages.py", "orders.py")
KERNEL = (
    "shared/web/acting.py",
    "shared/eventsourcing/commands/command_handler.py",
    "shared/eventsourcing/read_models/projector.py",
    "shared/messaging/sending/relay.py",
    "shared/messaging/envelope.py",
    "shared/messaging/receiving/consumer.py",
    "shared/messaging/receiving/transaction.py",
)
STEP = re.compile(r"SOP steps? \d|[Ee]very SOP step|hop \d")
NAMED = re.compile(r"`([\w/.]+\.py)`")
PRESENT = [
    f"/{path.relative_to(ROOT)}"
    for folder in ("shared", "services", "deploy", "tests")
    for path in (ROOT / folder).rglob("*.py")
]


@cache
def docstring(path: Path) -> str:
    return " ".join((ast.get_docstring(parsed(path.read_text(encoding="utf-8"))) or "").split())


def rooms() -> list[Path]:
    """The modules of the four rooms that an event passes, and every rule that decides one."""
    found: list[Path] = []
    for service in SERVICES:
        room = ROOT / "services" / service
        found += [room / name for name in SPINE if name != "bootstrap.py"]
        found += sorted(path for name in DOORS for path in room.rglob(name))
        found += [
            path
            for path in sorted((room / "domain").glob("*.py"))
            if "= Decider(" in path.read_text(encoding="utf-8")
        ]
    return found


def named(path: Path) -> Path:
    return path.relative_to(ROOT)


@pytest.mark.parametrize("service", SERVICES)
def test_every_room_has_the_same_spine(service: str) -> None:
    assert [name for name in SPINE if not (ROOT / "services" / service / name).exists()] == []


@pytest.mark.parametrize(
    "path", [*rooms(), *(ROOT / name for name in KERNEL)], ids=lambda path: str(named(path))
)
def test_a_module_on_the_way_says_where_it_stands(path: Path) -> None:
    words = docstring(path)
    assert "Previous hop: " in words
    assert "Next hop: " in words
    assert STEP.search(words), "which SOP step, or which hop?"
    assert words.index(". ") if ". " in words else words, "first its role, in a sentence of its own"


@pytest.mark.parametrize(
    "path",
    sorted({*ROOT.glob("services/**/*.py"), *ROOT.glob("shared/**/*.py")}),
    ids=lambda path: str(named(path)),
)
def test_every_module_that_a_hop_names_is_there(path: Path) -> None:
    for name in NAMED.findall(docstring(path)):
        assert any(there.endswith(f"/{name}") for there in PRESENT), (
            f"{name} is named in the docstring and is not there"
        )
