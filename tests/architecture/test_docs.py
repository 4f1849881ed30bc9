"""What documents name is there: files, folders, modules by their dotted names, targets of make,
commands of jejak.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
HISTORY = {"CHANGELOG.md"}
FILE = re.compile(r"`([\w./-]+\.(?:py|toml|sql|typ|html|css|yaml|lock|po))`")
FOLDER = re.compile(r"`((?:services|shared|deploy|tests)/[a-z_/]*)`")
DOTTED = re.compile(r"`((?:shared|services|deploy|tests)(?:\.\w+)+)`")
MAKE = re.compile(r"`make ([a-z][a-z ]*)")
JEJAK = re.compile(r"`jejak ([a-z]+)")


@cache
def files() -> tuple[str, ...]:
    """Everything that people wrote, each with a slash before it."""
    folders = (*(ROOT / name for name in ("shared", "services", "deploy", "tests", "docs")),)
    found = [*ROOT.glob("*.*"), *(path for folder in folders for path in folder.rglob("*.*"))]
    return tuple(f"/{path.relative_to(ROOT)}" for path in found)


@cache
def targets() -> frozenset[str]:
    return frozenset(
        re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )


@cache
def commands() -> frozenset[str]:
    files = sorted((ROOT / "deploy").glob("cli*.py"))
    cli = "".join(file.read_text(encoding="utf-8") for file in files)
    return frozenset(re.findall(r"@\w+\.command\([^\n]*\)\ndef (\w+)", cli))


def is_there(dotted: str) -> bool:
    """A package, a module, or something that a module names."""
    place = ROOT.joinpath(*dotted.split("."))
    if place.is_dir() or place.with_suffix(".py").exists():
        return True
    module = place.parent.with_suffix(".py")
    return module.exists() and re.search(rf"\b{place.name}\b", module.read_text(encoding="utf-8")) is not None


def gone_from(text: str) -> Iterator[str]:
    """What a text names and there is not."""
    yield from (
        name for name in FILE.findall(text) if not any(there.endswith(f"/{name}") for there in files())
    )
    yield from (name for name in FOLDER.findall(text) if not (ROOT / name).exists())
    yield from (name for name in DOTTED.findall(text) if not is_there(name))
    yield from (
        f"make {name}" for said in MAKE.findall(text) for name in said.split() if name not in targets()
    )
    yield from (f"jejak {name}" for name in JEJAK.findall(text) if name not in commands())


@pytest.mark.parametrize(
    "document", [path for path in DOCUMENTS if path.name not in HISTORY], ids=lambda path: path.name
)
def test_what_a_document_names_is_there(document: Path) -> None:
    assert set(gone_from(document.read_text(encoding="utf-8"))) == set()


def test_what_is_gone_is_seen() -> None:
    text = (
        "`domain/gone.py` `letters/gone.toml` `shared/gone/` `shared.web.gone` `make gone` `jejak gone` "
        "`domain/merkle.py` `letters.toml` `shared/web/` `shared.web.acting.Acting` "
        "`make check test` `jejak up`"
    )
    assert list(gone_from(text)) == [
        "domain/gone.py",
        "letters/gone.toml",
        "shared/gone/",
        "shared.web.gone",
        "make gone",
        "jejak gone",
    ]
