"""Rooms that can grow: a service is a spine and a few sub-rooms by capability;
what would let a corridor grow again is refused, with how to mend it.
"""

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from shared.service_names import SERVICES
from tests.architecture.sources import parsed

ROOT = Path(__file__).parents[2]
FOLDERS = ("shared", "services", "deploy")
MOST_FILES, MOST_IMPORTS = 15, 15
NOT_A_SUB_ROOM = {"domain", "migrations", "templates", "__pycache__"}
DOORS = ("api", "pages")


def packages() -> list[Path]:
    """Every folder with Python files that people write."""
    found = {path.parent for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")}
    return sorted(path for path in found if "versions" not in path.parts and "__pycache__" not in path.parts)


def modules() -> list[Path]:
    return [path for package in packages() for path in sorted(package.glob("*.py"))]


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def imports(path: Path) -> set[str]:
    """The modules of ours that a module names, by their dotted names;
    a name out of a module counts as that module.
    """
    found: set[str] = set()
    for node in ast.walk(parsed(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = ROOT.joinpath(*node.module.split("."), alias.name)
                found.add(
                    f"{node.module}.{alias.name}"
                    if inner.with_suffix(".py").exists() or inner.is_dir()
                    else node.module
                )
    return {name for name in found if name.split(".")[0] in FOLDERS}


@cache
def sub_rooms(service: str) -> list[str]:
    room = ROOT / "services" / service
    return sorted(path.name for path in room.iterdir() if path.is_dir() and path.name not in NOT_A_SUB_ROOM)


def sub_room_of(name: str) -> str:
    """services.intake.board.queries → board; services.intake.tables → ""."""
    parts = name.split(".")
    return parts[2] if len(parts) > 2 and parts[0] == "services" and parts[2] in sub_rooms(parts[1]) else ""


def reached(start: str, arrows: dict[str, set[str]]) -> set[str]:
    seen, todo = set[str](), list(arrows[start])
    while todo:
        room = todo.pop()
        if room not in seen:
            seen.add(room)
            todo += arrows.get(room, ())
    return seen


@pytest.mark.parametrize("package", packages(), ids=dotted)
def test_a_folder_can_be_taken_in_at_a_glance(package: Path) -> None:
    found = [
        path.name
        for path in package.iterdir()
        if path.suffix in {".py", ".html"} and path.name != "__init__.py"
    ]
    if package.name == "migrations":  # one after the other, for ever
        return
    assert len(found) <= MOST_FILES, (
        f"{dotted(package)} has {len(found)} files at one level: open a sub-room by capability"
    )


@pytest.mark.parametrize("module", [path for path in modules() if path.name != "__main__.py"], ids=dotted)
def test_a_module_stands_on_few_others(module: Path) -> None:
    """Only `__main__.py`, which wires a whole service, may name all that it wires."""
    found = imports(module)
    assert len(found) <= MOST_IMPORTS, (
        f"{dotted(module)} imports {len(found)} of ours: split it, or move what it lacks beside it"
    )


def lookers_up(service: str) -> Iterable[str]:
    for module in sorted((ROOT / "services" / service).glob("*.py")) + sorted(
        (ROOT / "services" / service / "domain").rglob("*.py")
    ):
        if module.name != "__main__.py":
            yield from (f"{dotted(module)} → {name}" for name in sorted(imports(module)) if sub_room_of(name))


@pytest.mark.parametrize("service", SERVICES)
def test_the_spine_never_looks_up(service: str) -> None:
    """What the spine needs of a sub-room belongs into the spine."""
    assert list(lookers_up(service)) == []


def through_the_door(service: str) -> Iterable[str]:
    for room in sub_rooms(service):
        for module in sorted((ROOT / "services" / service / room).rglob("*.py")):
            for name in sorted(imports(module)):
                other = sub_room_of(name)
                if other and other != room and name.split(".")[-1] in DOORS:
                    yield f"{dotted(module)} → {name}"


@pytest.mark.parametrize("service", SERVICES)
def test_no_sub_room_uses_the_pages_or_the_api_of_another(service: str) -> None:
    """What two need belongs into `orders.py` or `queries.py` of one, or into the spine."""
    assert list(through_the_door(service)) == []


@pytest.mark.parametrize("service", SERVICES)
def test_pages_never_stand_on_the_api(service: str) -> None:
    """Both read input and ask `orders.py` for the command."""
    wrong = []
    for room in sub_rooms(service):
        for module in (ROOT / "services" / service / room).rglob("*.py"):
            wrong += [
                f"{dotted(module)} → {name}"
                for name in imports(module)
                if module.name != "__init__.py" and name == f"services.{service}.{room}.api"
            ]
    assert wrong == []


@pytest.mark.parametrize("service", SERVICES)
def test_sub_rooms_stand_in_no_circle(service: str) -> None:
    arrows: dict[str, set[str]] = {room: set() for room in sub_rooms(service)}
    for room in arrows:
        for module in (ROOT / "services" / service / room).rglob("*.py"):
            arrows[room] |= {
                other for name in imports(module) if (other := sub_room_of(name)) and other != room
            }
    assert {room for room in arrows if room in reached(room, arrows)} == set(), arrows


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_sub_rooms_and_each_says_what_it_is_for(service: str) -> None:
    assert sub_rooms(service), f"{service} is one corridor"
    for room in sub_rooms(service):
        text = ast.get_docstring(
            parsed((ROOT / "services" / service / room / "__init__.py").read_text(encoding="utf-8"))
        )
        assert text, f"say in services/{service}/{room}/__init__.py what an official does there"


@pytest.mark.parametrize(
    "package", [path for path in packages() if path.name not in {"migrations", "versions"}], ids=dotted
)
def test_every_folder_says_what_it_is_for(package: Path) -> None:
    text = ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8")))
    assert text, f"say in {package.relative_to(ROOT)}/__init__.py what a newcomer finds here"


def test_what_would_be_wrong_is_seen() -> None:
    assert sub_room_of("services.intake.tables") == ""
    assert reached("a", {"a": {"b"}, "b": {"a"}}) == {"a", "b"}
