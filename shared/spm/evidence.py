"""Which figures no evidence file supports (R07: no number is approved without one).

Role: the same answer for the agency's sheet, which says it in time, and for the approval, which refuses.
Source: domain notes, section 10, R07.
"""

from collections.abc import Collection, Iterable, Mapping

from shared.contracts.values import AttachedEvidence, Figure
from shared.spm.cells import NUMBERS


def needs_evidence(figure: Figure) -> bool:
    """Whether it says a number: nihil, not yet and blank say none."""
    return figure.answer == "filled" and any(getattr(figure, name) is not None for name in NUMBERS)


def unsupported(figures: Mapping[str, Figure], evidence: Iterable[AttachedEvidence]) -> Collection[str]:
    """The services whose numbers no file is evidence of, in the order of the figures."""
    supported = {service for attached in evidence for service in attached.services}
    return [name for name, figure in figures.items() if needs_evidence(figure) and name not in supported]
