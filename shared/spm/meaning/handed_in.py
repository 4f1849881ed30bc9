"""What the rules found in what lies with Tim SPM, counted by level.

Role: asked by the queue, which has the figures, the evidence and the explanations of what was handed in, but
nothing that the figures were held against: a warning is there by its explanation, without which nothing is
handed in; what stops an approval and what is only told rests on the submission alone. Pure.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from shared.contracts.values import Explanation
from shared.spm.meaning.alone import evidence_of_its_own, with_evidence
from shared.spm.meaning.grounds import NO_GROUNDS, Submitted
from shared.spm.meaning.judging import LEVELS
from shared.spm.meaning.together import copied_target
from shared.spm.rules import Finding, Level

NOTHING: Mapping[Level, int] = dict.fromkeys(LEVELS, 0)


def levels_of(submitted: Submitted, explanations: Iterable[Explanation]) -> Mapping[Level, int]:
    """How many findings of each level; every warning is explained. A service that the catalogue does not know
    is passed over.
    """
    said = [one for one in explanations if one.service in submitted.catalogue.services]
    again = {(one.service, digest) for one in said for digest in one.facts.get("digest", "").split("; ")}
    told = Counter(one.level for one in _unasked(submitted, again))
    return {**NOTHING, **told, "warn": len(said)}


def _unasked(submitted: Submitted, again: set[tuple[str, str]]) -> Iterator[Finding]:
    """What no explanation is asked for. `again`: files of last year by service, as those are asked about."""
    for name, figure in submitted.figures.items():
        service = submitted.catalogue.services.get(name)
        if service is None or figure.answer == "nihil":
            continue
        yield from with_evidence(service, submitted)
        shared = evidence_of_its_own(service, submitted, NO_GROUNDS)
        yield from (one for one in shared if (name, one.said["digest"]) not in again)
    yield from (one for one in copied_target(submitted) if one.service in submitted.catalogue.services)
