"""The digest of exactly what is handed in, seen and approved:
SHA-256 over canonical JSON of figures, evidence and revision.

Role: intake says it in SubmissionReceived, verification approves it, the report rests on it. Everyone who has
the event can compute it again. Canonical: UTF-8, keys sorted, no spaces, no floats, every field of a figure
present, evidence sorted by digest.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from shared.contracts.values import AttachedEvidence, Figure


def canonical(figures: Mapping[str, Figure], evidence: Iterable[AttachedEvidence], revision: int) -> bytes:
    """The exact bytes that the digest covers."""
    document = {
        "revision": revision,
        "figures": {service: _figure(figure) for service, figure in figures.items()},
        "evidence": sorted(
            (
                {"digest": attached.file.digest, "services": sorted(attached.services)}
                for attached in evidence
            ),
            key=lambda entry: (entry["digest"], entry["services"]),
        ),
    }
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def digest(figures: Mapping[str, Figure], evidence: Iterable[AttachedEvidence], revision: int) -> str:
    """SHA-256 in hex of the canonical bytes."""
    return hashlib.sha256(canonical(figures, evidence, revision)).hexdigest()


def _figure(figure: Figure) -> dict[str, object]:
    return {**asdict(figure), "quality": {item: asdict(amount) for item, amount in figure.quality.items()}}
