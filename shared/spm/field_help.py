"""Help beside the cells of the sheet: what is counted, where the number comes from, an example, mistakes.

SOP step 7. What is counted stands in the catalogue; the rest in `bantuan.toml`, one file a version of the
catalogue, in both languages. What is counted is said in the words of the regulation. Source: domain notes,
sections 1.5, 2 and 10. Previous hop: the catalogue of the cycle. Next hop: the sheet of the agency. Pure.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from shared.spm.catalogue import Service, catalogues

HERE = Path(__file__).parent
COUNTED = ("entitled", "served")
COMMON = ("budget", "realised", "quality")
FIELDS = (*COUNTED, *COMMON)
LONGEST = 240


class BadHelp(ValueError):
    """The help lacks a cell, or speaks of what there is not; `faults` are sentences that name it."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Words:
    """Indonesian, and English but for what is counted, which is in the words of the regulation."""

    id: str
    en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldHelp:
    """`counted`: an example of the two numbers, entitled and served, where the cell is one of them."""

    definition: Words
    source: Words
    mistakes: tuple[Words, ...]
    example: Words = Words("")
    counted: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class _File:
    catalogue: int
    common: Mapping[str, Mapping[str, Any]]
    services: Mapping[str, Mapping[str, Any]]


def load(path: Path) -> _File:
    """The help in `path`. Raises BadHelp, naming every fault at once."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    if faults := list(_faults(document)):
        raise BadHelp(faults)
    return _File(document["catalogue"], document["field"], document["service"])


@cache
def _files() -> tuple[_File, ...]:
    """Every file, the newest first."""
    return tuple(sorted(map(load, HERE.glob("bantuan*.toml")), key=lambda one: -one.catalogue))


def help_of(service: Service, catalogue: int) -> Mapping[str, FieldHelp]:
    """By cell, for a service as this version of the catalogue has it. A service that no file knows yet has
    its definitions, and what holds of all services.
    """
    files = [one for one in _files() if one.catalogue <= catalogue] or _files()[-1:]
    known = next((one for one in files if service.id in one.services), None)
    own, common = known.services[service.id] if known else {}, (known or files[0]).common
    counts = {
        "entitled": Words(_sentence(service.denominator)),
        "served": Words(_sentence(service.numerator)),
    }
    pair = own.get("example")
    return {
        **{
            field: FieldHelp(
                definition=definition,
                source=_words(own.get(field, common[field]), "source"),
                mistakes=_mistakes(own.get(field, common[field])),
                counted=(pair[0], pair[1]) if pair else None,
            )
            for field, definition in counts.items()
        },
        **{
            field: FieldHelp(
                definition=_words(common[field], "definition"),
                source=_words(common[field], "source"),
                example=_words(common[field], "example"),
                mistakes=_mistakes(common[field]),
            )
            for field in COMMON
        },
    }


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + "."


def _words(entry: Mapping[str, Any], name: str) -> Words:
    return Words(entry[name], entry[f"{name}_en"])


def _mistakes(entry: Mapping[str, Any]) -> tuple[Words, ...]:
    return tuple(Words(*both) for both in zip(entry["mistakes"], entry["mistakes_en"], strict=True))


def _faults(document: Mapping[str, Any]) -> Iterator[str]:
    catalogue = catalogues().get(document.get("catalogue", 0))
    if catalogue is None:
        yield "names no version of the catalogue"
        return
    common, own = document.get("field", {}), document.get("service", {})
    yield from (f"field {name} is not a cell" for name in sorted(common.keys() - set(FIELDS)))
    yield from (f"{name} is no service" for name in sorted(own.keys() - catalogue.services.keys()))
    for field in FIELDS:
        wanted = ("source", *(("definition", "example") if field in COMMON else ()))
        texts = [common.get(field, {}).get(f"{name}{tail}") for name in wanted for tail in ("", "_en")]
        yield from _text_faults(f"field {field}", texts)
        said = [common.get(field, {}).get(f"mistakes{tail}") or [] for tail in ("", "_en")]
        yield from _text_faults(f"field {field}, mistakes", [*said[0], *said[1]])
        if not said[0] or len(said[0]) != len(said[1]):
            yield f"field {field}: mistakes are not the same in both languages"
    for name in catalogue.services:
        yield from _service_faults(name, own.get(name, {}))


def _service_faults(name: str, entry: Mapping[str, Any]) -> Iterator[str]:
    pair = entry.get("example")
    if not (isinstance(pair, list) and len(pair) == len(COUNTED) and pair[0] >= pair[1] > 0):
        yield f"{name} has no example of entitled and served"
    for field in COUNTED:
        said = entry.get(field, {})
        mistakes, english = said.get("mistakes") or [None], said.get("mistakes_en") or [None]
        sources = said.get("source"), said.get("source_en")
        yield from _text_faults(f"{name}, {field}", [*sources, *mistakes, *english])
        if len(mistakes) != len(english):
            yield f"{name}, {field}: mistakes are not the same in both languages"


def _text_faults(place: str, texts: Sequence[object]) -> Iterator[str]:
    for text in texts:
        if not isinstance(text, str) or not text.strip():
            yield f"{place}: a text is missing"
        elif len(text) > LONGEST or not text.endswith("."):
            yield f"{place}: {text[:40]!r} is too long, or no sentence"
