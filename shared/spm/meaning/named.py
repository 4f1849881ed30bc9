"""A finding by name: an id that is the same wherever the same rule finds the same figures at the same cell.

Role: what addresses, forms, exports and read models call a finding. Pure.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from shared.spm.meaning.judging import LEVELS
from shared.spm.rules import Finding


@dataclass(frozen=True, slots=True)
class Named:
    """A finding with its id, its facts as they are kept, and where it stands among those of its submission:
    by level, then in the order of the rules.
    """

    id: str
    finding: Finding
    facts: Mapping[str, str]
    place: tuple[int, int]


def named(findings: tuple[Finding, ...]) -> tuple[Named, ...]:
    """What the rules found, in their order, by name."""
    return tuple(
        Named(id_of(one.service, one.rule, one.field, one.said), one, one.said, (LEVELS[one.level], number))
        for number, one in enumerate(findings)
    )


def id_of(service: str, rule: str, field: str, facts: Mapping[str, str]) -> str:
    """The same for the same rule, cell and figures."""
    said = json.dumps([service, rule, field, sorted(facts.items())], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:16]
