"""Older shapes of events that said the same in another way, brought to the next one by pure functions:
one function per (producer, event, version).

An upcaster takes the data of version n as plain JSON values and answers with those of version n + 1. Where a
version only had a field less, the event itself says what that means (`unsaid`), and no function is needed.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

STEPS_OF_2022 = (
    *("guidance", "follow_up", "work_plan", "decree_draft", "decree_handover", "socialisation", "filling"),
    *("verification", "report_draft", "endorsement", "printing", "dispatch", "archiving"),
)
"""The keys of 04/SOP/2022 in the order of their numbers:
the only SOP there was while events named steps by number.
"""

Upcaster = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def with_iso_days(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """A corrected day was kept as it was typed, in any form that could be read (20240321)."""
    if data["field"] != "received_on":
        return data
    return {
        **data,
        "before": date.fromisoformat(data["before"]).isoformat(),
        "after": date.fromisoformat(data["after"]).isoformat(),
    }


def with_key(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The step was named by its number."""
    return {**data, "step": STEPS_OF_2022[data["step"] - 1]}


def with_sop(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Nobody said under which SOP a step started."""
    return {**with_key(data), "sop": "04/SOP/2022"}


def with_planned_keys(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The plan too named steps by their numbers."""
    planned = {STEPS_OF_2022[int(number) - 1]: day for number, day in data.get("planned", {}).items()}
    return {**with_key(data), "planned": planned}


UPCASTERS: Mapping[tuple[str, str, int], Upcaster] = {
    ("intake", "step-started", 1): with_sop,
    ("intake", "step-part-done", 1): with_key,
    ("intake", "step-completed", 1): with_planned_keys,
    ("intake", "step-reopened", 1): with_key,
    ("intake", "step-withdrawn", 1): with_key,
    ("intake", "due-date-revised", 1): with_key,
    ("documents", "document-opened", 1): with_key,
    ("documents", "dispatch-corrected", 1): with_iso_days,
}
