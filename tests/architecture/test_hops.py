"""An event's way can be walked by docstrings alone: each module on it names its role, its SOP step,
the hop before and the hop after.
"""

import ast
import re
from pathlib import Path

import pytest

from shared.service_names import SERVICES
from tests.architecture.sources import parsed

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
EVERYWHERE = {*SPINE, *DOORS, "queries.py", "__main__.py"}
"""Every service or sub-room has one; the kernel means that of each."""


def seen_from(path: Path, name: str) -> bool:
    """Whether a module is there by this name, from the folder of `path` or one above it."""
    return any((folder / name).exists() for folder in path.parents if folder.is_relative_to(ROOT))


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
            for path in sorted((room / "domain").rglob("*.py"))
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
        assert name in EVERYWHERE or seen_from(path, name), (
            f"{name} is named in the docstring and is not there: say it from the folder of the module, "
            "or from one above it"
        )


def test_a_module_of_another_service_is_not_meant_by_its_bare_name() -> None:
    assert seen_from(ROOT / "services/intake/board/pages.py", "wording.py")
    assert not seen_from(ROOT / "services/archive/trail/__init__.py", "wording.py")
