"""What each service says when a replay certificate was asked for: how its read models, its events and those
of others compare with what was recorded; one shape, said by four producers. And what becomes of the
certificate.
"""

from types import ModuleType

from shared.contracts.replayed import archive, certificate, documents, intake, verification

MODULES: tuple[ModuleType, ...] = (certificate, intake, verification, documents, archive)
"""For the register."""
