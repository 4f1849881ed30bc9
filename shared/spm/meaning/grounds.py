"""What a rule may look at: the figures of one submission, and what they are held against.

Role: the same for the sheet, the hand-in and the findings list of the region. What nobody has said is left
out, and a rule without its ground finds nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shared.contracts.fields import Amount, Digest, Id
from shared.contracts.values import AttachedEvidence, Figure
from shared.spm.catalogue import Catalogue
from shared.spm.meaning.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Submitted:
    """The figures of a submission with its evidence, by the catalogue of its cycle."""

    catalogue: Catalogue
    figures: Mapping[str, Figure]
    evidence: Sequence[AttachedEvidence] = ()

    def supporting(self, service: str) -> Sequence[AttachedEvidence]:
        return [attached for attached in self.evidence if service in attached.services]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What another agency handed in for a service that counts the same people."""

    agency: Id
    agency_name: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Grounds:
    """What figures are held against. `last_year` and `earlier` (the period before, in this year): figures by
    service; `files_before`: digests of last year's evidence; `populations`: by service how many there are;
    `neighbours`: what lies with Tim SPM of other agencies, never a draft.
    """

    thresholds: Thresholds = field(default_factory=Thresholds)
    last_year: Mapping[Id, Figure] = field(default_factory=dict)
    earlier: Mapping[Id, Figure] = field(default_factory=dict)
    files_before: tuple[Digest, ...] = ()
    populations: Mapping[Id, Amount] = field(default_factory=dict)
    neighbours: Mapping[Id, Neighbour] = field(default_factory=dict)


NO_GROUNDS = Grounds()
