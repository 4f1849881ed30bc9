"""The letter kinds that `letters.toml` declares, read once and checked before anything is drafted from them.

Role: what the office may change about its letters without touching code. SOP steps 4, 9, 10.
Read by: `letters/wording.py`, which puts in what each region says of itself; `papers/forms.py`.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from shared.contracts.documents import Kind
from shared.sop.document_kinds import document_kinds

HERE = Path(__file__).parent
COMPUTED_PARTS = frozenset({"summary", "each_field_of_government", "budget", "parameters", "sources"})
PLACEHOLDERS = frozenset({"region_name", "REGION_NAME", "year", "next_year", "head", "HEAD", "place"})

Form = Literal["text", "paragraphs", "lines", "rows"]


class LettersInvalid(Exception):
    """The letter file cannot be used; the message names every fault with its place."""


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that a person may change. `form` says how the text is cut:
    as it is, in paragraphs, one item a line, or rows with `|`. `of_region`: only a region can say it.
    """

    id: str
    label: str
    form: Form
    required: bool
    hint: str = ""
    default: str = ""
    columns: tuple[str, ...] = ()
    of_region: bool = False


class LetterKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The template of a kind, the name of its file, and what a person may change.
    What the kind is called stands in `document_kinds.toml`.
    """

    template: str
    file_name: str
    field: tuple[Field, ...]


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    part: str


class Chapter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    section: tuple[Section, ...]


class Outline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Chapters and sections of the report in order; `reference` names the rule that the order comes from."""

    version: int
    reference: str
    chapter: tuple[Chapter, ...]


class Letters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    kind: Mapping[Kind, LetterKind]
    outline: Outline


def parse(text: str, templates: Path = HERE) -> Letters:
    """The letters that `text` (TOML) declares. Raises LettersInvalid naming every fault."""
    try:
        letters = msgspec.convert(tomllib.loads(text), Letters)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise LettersInvalid(str(error)) from error
    faults = list(_faults(letters, templates))
    if faults:
        raise LettersInvalid("; ".join(faults))
    return letters


@cache
def load() -> Letters:
    """The letters that are shipped with this version."""
    return parse((HERE / "letters.toml").read_text(encoding="utf-8"))


def _faults(letters: Letters, templates: Path) -> Iterator[str]:
    yield from (f"kind.{kind} is missing" for kind in document_kinds().kind if kind not in letters.kind)
    for name, kind in letters.kind.items():
        if not (templates / kind.template).is_file():
            yield f"kind.{name}: there is no template {kind.template}"
        yield from (f"kind.{name}.{fault}" for fault in _field_faults(kind.field))
    report = letters.kind.get("laporan")
    known = COMPUTED_PARTS | {field.id for field in (report.field if report else ())}
    for chapter in letters.outline.chapter:
        yield from (
            f"outline: nothing is called {each.part}" for each in chapter.section if each.part not in known
        )


def _field_faults(fields: tuple[Field, ...]) -> Iterator[str]:
    seen = set[str]()
    for field in fields:
        if field.id in seen:
            yield f"{field.id} stands twice"
        seen.add(field.id)
        if (field.form == "rows") != bool(field.columns):
            yield f"{field.id}: rows, and only rows, have columns"
        if field.of_region and field.default:
            yield f"{field.id}: what is of a region has no words here"
        if fault := unknown_placeholder(field.default):
            yield f"{field.id}: {fault}"


def unknown_placeholder(text: str) -> str:
    """What is wrong with the placeholders of a text; empty for nothing."""
    try:
        text.format_map(dict.fromkeys(PLACEHOLDERS, ""))
    except (KeyError, ValueError, IndexError, AttributeError) as error:
        return f"unknown placeholder {error}"
    return ""
