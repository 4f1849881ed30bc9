"""How one submission stands with Tim SPM.

SOP step 8. Used by `verification.py`: the state that its decisions fold. Wherever something was handed in,
`threads` is what both sides say about its cells, and `accepted` are the services that Tim SPM looked at and
accepts as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from services.verification.domain.acceptance import Accepted
from services.verification.domain.talk import Threads
from shared.contracts.verification import VerificationOpened


@dataclass(frozen=True, slots=True)
class NotYet:
    """Nothing was handed in."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What every phase knows once something was handed in."""

    opened: VerificationOpened
    threads: Threads = field(default_factory=dict)
    accepted: Accepted = frozenset()


@dataclass(frozen=True, slots=True)
class Waiting(HandedIn):
    """A revision lies with Tim SPM and nobody has said anything of it."""


@dataclass(frozen=True, slots=True)
class Withdrawn(HandedIn):
    """The agency took the revision back before anybody said anything."""


@dataclass(frozen=True, slots=True)
class Returned(HandedIn):
    """It went back to the agency, to be mended."""


@dataclass(frozen=True, slots=True)
class Approved(HandedIn):
    by: str = field(kw_only=True)
    on: date = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Voided(HandedIn):
    """What was approved was opened again, so the approval holds no longer."""


Verification = NotYet | Waiting | Withdrawn | Returned | Approved | Voided

NOT_WAITING: Mapping[type, str] = {
    NotYet: "Belum ada isian yang diserahkan untuk diverifikasi.",
    Withdrawn: "Isian ini ditarik kembali oleh perangkat daerah; tunggu penyerahan berikutnya.",
    Returned: "Isian ini sudah dikembalikan; tunggu perbaikan dari perangkat daerah.",
    Approved: "Isian ini sudah disetujui.",
    Voided: "Persetujuan isian ini gugur karena isian dibuka kembali; tunggu penyerahan berikutnya.",
}
