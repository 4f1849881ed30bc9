"""Streams: the names of archive's own, and what the names of other services' streams say where archive reads
them; built and read here alone.

SOP step 13. Previous hop: `process_manager.py`, `shelf/`, `trail/lateness.py`, `questions/view.py`.
Next hop: an order, or a question to the log.
"""

from collections.abc import Mapping
from typing import Any

from shared.contracts.correction import numbered
from shared.contracts.regions import in_stream
from shared.sop.document_kinds import document_kinds

STORE = "store-probe"
CERTIFICATES = "certificate-replay"
MOST_CORRECTIONS = 9
"""Whose dispatches are looked for; nothing keeps a report from being corrected more often."""
SAYING_WHOM = ("submission-", "document-", "dispatch-")


def cycle_file(cycle: str) -> str:
    """The stream of a cycle's file."""
    return f"cyclefile-{cycle}"


def calendar(region: str, first: str) -> str:
    """Intake's stream of the days that a region overrides."""
    return f"settings-{in_stream(region, first)}calendar"


def rules(region: str) -> str:
    """Intake's stream of the thresholds and reference populations of a region."""
    return f"rules-{region}"


def step(cycle: str, place: str) -> str:
    """Intake's stream of the step at this place of the SOP."""
    return f"step-{cycle}-{place}"


def around_a_figure(cycle: str, case: str) -> list[str]:
    """The streams in which something may be said of a figure: its submission, how that was verified, what
    rules find in it; the report, its endorsement, its dispatches and those of corrections; what is filed.
    """
    of_recipients = [
        f"dispatch-{cycle}-{numbered(recipient, number)}"
        for recipient in document_kinds().recipient
        for number in range(MOST_CORRECTIONS + 1)
    ]
    return [
        f"submission-{case}",
        f"verification-{case}",
        f"finding-{case}",
        f"document-{cycle}-laporan",
        f"endorsement-{cycle}",
        cycle_file(cycle),
        *of_recipients,
    ]


def life_of(stream: str, data: Mapping[str, Any]) -> str:
    """Where the life of the figure is told that an event speaks of; empty where it speaks of none."""
    kind, _, case = stream.partition("-")
    service = data.get("service")
    of_a_figure = kind in {"submission", "verification"} and isinstance(service, str) and service
    return f"/jejak-audit/angka/{case}/{service}" if of_a_figure else ""


def about(stream: str) -> str:
    """What a stream is about: of `document-3402-2026-laporan` the report,
    of `submission-3402-2026-dinkes-tahunan` the agency; else its own name.
    """
    category, _, rest = stream.partition("-")
    if not stream.startswith(SAYING_WHOM) or rest.count("-") < 2:
        return stream
    whom = rest.split("-", 2)[2]
    return whom.rpartition("-")[0] if category == "submission" else whom
