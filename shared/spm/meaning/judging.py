"""All rules over the figures of one submission: what stops it, what asks for a word, what is only said.

Role: asked by the sheet, by the hand-in (`services/intake/domain/`), and by the findings list over all
submissions of a region. The same figures, grounds and thresholds always give the same findings.
"""

from collections.abc import Iterable, Iterator, Mapping

from shared.spm.meaning.against import against_the_population, since_last_year, since_the_period_before
from shared.spm.meaning.alone import (
    blank_cells,
    evidence_of_its_own,
    money_for_people,
    quality_within_required,
    with_evidence,
    within_budget,
)
from shared.spm.meaning.grounds import Grounds, Submitted
from shared.spm.meaning.together import agencies_agree, copied_target, services_agree
from shared.spm.rules import Finding, Level, findings

AT_APPROVAL = frozenset({"R07"})
"""Rules that stop an approval and not the hand-in before it."""

LEVELS: Mapping[Level, int] = {"block": 0, "warn": 1, "inform": 2}
"""What stops comes first."""


def judged(submitted: Submitted, grounds: Grounds) -> tuple[Finding, ...]:
    """What all rules find, service by service in the order of the catalogue, the rules in theirs; a service
    that the catalogue does not know is passed over.
    """
    together = (
        *services_agree(submitted, grounds),
        *agencies_agree(submitted, grounds),
        *copied_target(submitted),
    )
    places = {name: place for place, name in enumerate(submitted.catalogue.services)}
    found = [*_each(submitted, grounds), *(finding for finding in together if finding.service in places)]
    return tuple(sorted(found, key=lambda one: (places[one.service], one.rule)))


def stopping(found: Iterable[Finding]) -> Iterator[Finding]:
    """What can't be handed in."""
    return (one for one in found if one.level == "block" and one.rule not in AT_APPROVAL)


def asking(found: Iterable[Finding]) -> Iterator[Finding]:
    """What is handed in with an explanation only."""
    return (one for one in found if one.level == "warn")


def _each(submitted: Submitted, grounds: Grounds) -> Iterator[Finding]:
    for name, figure in submitted.figures.items():
        service = submitted.catalogue.services.get(name)
        if service is None:
            continue
        yield from findings(service, figure, complete=True)
        if figure.answer == "nihil":
            continue
        yield from with_evidence(service, submitted)
        yield from evidence_of_its_own(service, submitted, grounds)
        if figure.answer != "filled":
            continue
        yield from blank_cells(service, figure)
        yield from within_budget(service, figure, grounds)
        yield from money_for_people(service, figure)
        yield from since_the_period_before(service, figure, grounds)
        yield from since_last_year(service, figure, grounds)
        yield from against_the_population(service, figure, grounds)
        yield from quality_within_required(service, figure)
