"""What is of a cycle goes by the versions that the cycle recorded:
nothing asks for the newest catalogue but what is of no cycle yet.
"""

import ast
from pathlib import Path

from tests.architecture.sources import parsed

HERE = Path(__file__).parents[2]
ROOMS = ("services", "shared", "deploy")
OF_NO_CYCLE = {
    "services/intake/domain/cycle.py": "a cycle that is being opened records the newest version",
    "services/intake/cycle/preview.py": "shows what opening a cycle would ask of whom",
    "services/intake/rules/population_pages.py": "populations are of a region and a year",
    "services/intake/domain/agency.py": "services are assigned to agencies for cycles to come",
    "services/intake/settings/pages.py": "lists which services are assigned, for cycles to come",
    "services/intake/settings/api.py": "answers with the newest version where a program names no cycle",
    "deploy/bench/filling.py": "opens the cycles that it measures",
    "deploy/bench/judging.py": "judges figures that are of no cycle",
    "deploy/bench/history.py": "makes the cycles that it measures",
}
"""Who may ask for the newest catalogue, and why."""


def asks_for_the_newest(path: Path) -> bool:
    """Whether a module uses `current` of the catalogue,
    by whatever name and whether it calls it or hands it on.
    """
    tree = parsed(path.read_text(encoding="utf-8"))
    imported = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    names = {(node.module, alias.name) for node in imported for alias in node.names}
    whole = ("shared.spm", "catalogue") in names or any(
        alias.name == "shared.spm.catalogue"
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    )
    return ("shared.spm.catalogue", "current") in names or whole


def test_only_what_is_of_no_cycle_asks_for_the_newest_catalogue() -> None:
    """When this fails: take the version from the cycle (`queries.catalogue_of`, `Submission.asked_for`),
    or from the event; for the name of a service where all cycles stand together, ask `named`.
    """
    files = (path for room in ROOMS for path in (HERE / room).rglob("*.py"))
    asking = {str(path.relative_to(HERE)) for path in files if asks_for_the_newest(path)}
    assert asking == OF_NO_CYCLE.keys()


def test_no_default_falls_back_to_the_newest_catalogue() -> None:
    """Neither a parameter nor a field has the newest version as its default:
    whoever forgets to say which one is told so.
    """
    found = []
    for path in (path for room in ROOMS for path in (HERE / room).rglob("*.py")):
        for node in ast.walk(parsed(path.read_text(encoding="utf-8"))):
            defaults = (
                [*node.args.defaults, *node.args.kw_defaults]
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                else []
            )
            if isinstance(node, ast.AnnAssign) and node.value is not None:
                defaults.append(node.value)
            called = (
                call.func
                for default in defaults
                if default
                for call in ast.walk(default)
                if isinstance(call, ast.Call)
            )
            found += [
                f"{path.relative_to(HERE)}:{node.lineno}"
                for name in called
                if isinstance(name, ast.Name) and name.id in {"current", "catalogues"}
            ]  # type: ignore[attr-defined]  # has a line
    assert found == []
