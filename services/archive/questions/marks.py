"""Which figure is meant by what somebody reads in the report or in an address: its mark, number or name.

SOP steps 7 to 13. Previous hop: `view.py`, with the lines of a cycle. Next hop: a figure, whose life and
whose origin are told. The mark of a figure is the number of its urusan and the number of its row there, as
the report numbers them: 2.1. Pure.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.archive.proof.answers.verifier_lines import Told
from shared.spm.catalogue import catalogues, known_services

_ADDRESS = re.compile(r"([0-9]{4}-[0-9]{4}-[a-z0-9_]+-[a-z0-9_]+)/([a-z0-9_.-]+)")
_MARK = re.compile(r"([0-9])\.([0-9]{1,2})")
_NUMBER = re.compile(r"(?:Rp *)?([0-9][0-9., ]*)")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a cycle: whose it is, its mark, and the numbers in it. `printed`: it is of an approved
    submission, as the report has it.
    """

    case: str
    agency: str
    service: str
    mark: str
    printed: bool
    numbers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the service is called."""
        known = known_services().get(self.service)
        return known.name if known else self.service


def figures_of(lines: Iterable[Told]) -> list[Figure]:
    """The figures of a cycle, each as it was approved last, else as it was entered last; by their marks."""
    found: dict[tuple[str, str], Figure] = {}
    version = 1
    for line in lines:
        kind, _, case = line.stream.partition("-")
        if line.kind == "submission-opened":
            version = int(line.data.get("catalogue", 1))
        for service, figure in _said(line).items():
            printed = kind == "verification"
            mark = mark_of(service, version)
            found[case, service] = Figure(case, line.data["agency"], service, mark, printed, figure)
    return sorted(found.values(), key=lambda one: [*map(int, one.mark.split(".")), one.case])


def _said(line: Told) -> Mapping[str, Mapping[str, Any]]:
    """The figures that a line says, by service."""
    match line.kind:
        case "figure-entered":
            return {line.data["service"]: line.data["figure"]}
        case "submission-approved" | "services-taken-over":
            found: Mapping[str, Mapping[str, Any]] = line.data["figures"]
            return found
        case _:
            return {}


def mark_of(service: str, version: int) -> str:
    """2.1: the first service of the second urusan; 0.0 for one that this version of the catalogue has not."""
    catalogue = catalogues()[version]
    for number, urusan in enumerate(catalogue.urusan, 1):
        for row, each in enumerate(catalogue.of_urusan(urusan.id), 1):
            if each.id == service:
                return f"{number}.{row}"
    return "0.0"


def meant(figures: Sequence[Figure], typed: str) -> list[Figure]:
    """The figures that somebody may mean by an address, a mark, a number as printed, or words of a name."""
    said = " ".join(typed.split()).casefold()
    if address := _ADDRESS.search(said):
        return [one for one in figures if (one.case, one.service) == address.groups()]
    if _MARK.fullmatch(said):
        return [one for one in figures if one.mark == said]
    if number := _NUMBER.fullmatch(typed.strip()):
        wanted = int(re.sub(r"[., ]", "", number[1]))
        return [one for one in figures if wanted in numbers_in(one.numbers)]
    return [one for one in figures if said in f"{one.service} {one.name}".casefold()]


def numbers_in(figure: Mapping[str, Any]) -> set[int]:
    """Every number of a figure, those of its quality items too."""
    own = {value for value in figure.values() if isinstance(value, int)}
    items = figure.get("quality") or {}
    return own | {value for item in items.values() for value in item.values() if isinstance(value, int)}
