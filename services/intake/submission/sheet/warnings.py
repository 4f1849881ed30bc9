"""What the rules say beside a row of the sheet: what stops it, what asks for an explanation with the one that
was given, and what is only said.

SOP step 7. Previous hop: `findings/queries.py`. Next hop: `rows.py`. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from services.intake.domain.submission_state import Explained, explained, place_of
from services.intake.findings.queries import Judged
from shared.spm.meaning.judging import asking, stopping
from shared.spm.rules import Finding

FIELD = "jelas"


@dataclass(frozen=True, slots=True)
class Asked:
    """A warning, the name of its field in the form, and what was said to it; empty where nothing was."""

    finding: Finding
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Warnings:
    """What is found in one row."""

    stops: tuple[Finding, ...] = ()
    asks: tuple[Asked, ...] = ()
    tells: tuple[Finding, ...] = ()

    @property
    def unexplained(self) -> int:
        return sum(not asked.text for asked in self.asks)


NOTHING_FOUND = Warnings()


def warnings_of(judged: Judged) -> Mapping[str, Warnings]:
    """By service, what is found in its row."""
    return {service: _of_row(of_row, judged.explained) for service, of_row in judged.found.items()}


def _of_row(found: tuple[Finding, ...], said: Explained) -> Warnings:
    stops, asks = tuple(stopping(found)), tuple(asking(found))
    asked = []
    for one in asks:
        answer = explained(one, said)
        asked.append(Asked(one, ":".join((FIELD, *place_of(one))), answer.text if answer else ""))
    return Warnings(stops, tuple(asked), tuple(one for one in found if one not in stops and one not in asks))
