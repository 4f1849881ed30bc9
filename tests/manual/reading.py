"""What a manual says of pages: its sections, the pages that each speaks of, the words and pictures in it."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

MANUALS = Path(__file__).parents[2] / "docs" / "manual"
PICTURES = MANUALS / "pictures"
SEEN = PICTURES / "seen.json"
SECTION = re.compile(r"^#{1,3} .*$", re.MULTILINE)
SPEAKS_OF = re.compile(r"<!-- halaman: ([\w, -]+) -->")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
NAMED = re.compile(r"(?<![\w*])\*([^*\n]+(?:\n[^*\n]+)?)\*(?![\w*])")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
HEIGHT = 768


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSpoken:
    """A page as one person sees it, and how much of it a picture shows."""

    name: str
    person: str
    path: str
    width: str = "laptop"
    height: int = HEIGHT
    follow: str = ""
    picture: bool = True
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    pages: tuple[str, ...]
    words: tuple[str, ...]


def pages() -> dict[str, PageSpoken]:
    """The pages of `pages.toml`, by name."""
    known = tomllib.loads((MANUALS / "pages.toml").read_text(encoding="utf-8"))
    return {name: PageSpoken(name=name, **entry) for name, entry in known.items()}


def sections(text: str) -> Iterator[Section]:
    """Each heading with what stands below it; the pages hold until a section names others."""
    text = CODE.sub("", text)
    starts = [found.start() for found in SECTION.finditer(text)] + [len(text)]
    holding: tuple[str, ...] = ()
    for start, end in pairwise(starts):
        part = text[start:end]
        if said := SPEAKS_OF.search(part):
            holding = tuple(name.strip() for name in said[1].split(","))
        words = tuple(re.sub(r"\s+", " ", found) for found in NAMED.findall(PICTURE.sub("", part)))
        yield Section(part.splitlines()[0].lstrip("# "), holding, words)


def words_of(manual: str) -> list[str]:
    """Everything that a manual names, wherever it stands."""
    text = (MANUALS / manual).read_text(encoding="utf-8")
    return [word for section in sections(text) for word in section.words]


def pictures(text: str) -> list[tuple[str, str]]:
    """(what it shows in words, its file) of every picture in a text."""
    return PICTURE.findall(text)
