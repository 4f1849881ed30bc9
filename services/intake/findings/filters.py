"""Which findings of a cycle somebody asks for: by level, rule, agency, urusan, how far each has come, who
looks after them; and how many there are of each level.

SOP step 8. Previous hop: `findings/pages.py` and `findings/api.py`. Next hop: the list. Pure.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from services.intake.findings.region import Listed
from shared.spm.catalogue import Catalogue
from shared.spm.rules import Level

State = Literal["", "open", "explained", "stops", "told", "resolved"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What is empty asks for all. `state`: as `state_of` answers."""

    level: str = ""
    rule: str = ""
    agency: str = ""
    urusan: str = ""
    state: str = ""
    assignee: str = ""

    def let(self, one: Listed, catalogue: Catalogue) -> bool:
        """Whether a finding is among those that are asked for."""
        finding = one.named.finding
        return (
            (not self.level or self.level == finding.level)
            and (not self.rule or self.rule == finding.rule)
            and (not self.agency or self.agency == one.of["agency"])
            and (not self.urusan or self.urusan == catalogue.services[finding.service].urusan)
            and (not self.state or self.state == state_of(one))
            and (not self.assignee or self.assignee == one.assignee)
        )


def state_of(one: Listed) -> State:
    """How far a finding has come. Only a warning asks for an explanation: what stops is mended instead, and
    what is only told waits for nothing.
    """
    if one.resolved:
        return "resolved"
    if one.named.finding.level == "warn":
        return "explained" if one.said else "open"
    return "stops" if one.named.finding.level == "block" else "told"


def chosen(rows: Iterable[Listed], filters: Filters, catalogue: Catalogue) -> Sequence[Listed]:
    """Those that are asked for, in their order."""
    return [one for one in rows if filters.let(one, catalogue)]


def by_level(rows: Iterable[Listed]) -> Mapping[Level, int]:
    """How many are not resolved, by level."""
    return Counter([one.named.finding.level for one in rows if not one.resolved])


def folded(rows: Iterable[Listed]) -> tuple[Sequence[tuple[str, Sequence[Listed]]], Sequence[Listed]]:
    """A page of findings as it is read: what is left by agency, each with its name, in the order in which
    they come; and what is resolved.
    """
    left: dict[str, list[Listed]] = {}
    settled = []
    for one in rows:
        if one.resolved:
            settled.append(one)
        else:
            left.setdefault(one.of["agency_name"], []).append(one)
    return tuple(left.items()), settled
