"""Streams: the names of archive's own, and what the names of other services' streams say where archive reads
them; built and read here alone.

SOP step 13. Previous hop: `process_manager.py`, `shelf/orders.py`, `shelf/filing.py`, `trail/lateness.py`.
Next hop: an order, or a question to the log.
"""

from shared.contracts.regions import in_stream

STORE = "store-probe"
SAYING_WHOM = ("submission-", "document-", "dispatch-")


def cycle_file(cycle: str) -> str:
    """The stream of a cycle's file."""
    return f"cyclefile-{cycle}"


def calendar(region: str, first: str) -> str:
    """Intake's stream of the days that a region overrides."""
    return f"settings-{in_stream(region, first)}calendar"


def step(cycle: str, place: str) -> str:
    """Intake's stream of the step at this place of the SOP."""
    return f"step-{cycle}-{place}"


def about(stream: str) -> str:
    """What a stream is about: of `document-3402-2026-laporan` the report,
    of `submission-3402-2026-dinkes-tahunan` the agency; else its own name.
    """
    category, _, rest = stream.partition("-")
    if not stream.startswith(SAYING_WHOM) or rest.count("-") < 2:
        return stream
    whom = rest.split("-", 2)[2]
    return whom.rpartition("-")[0] if category == "submission" else whom
