"""Older shapes of events, brought to the present one by pure functions.
One function per (producer, event, version) that was left behind.

An upcaster takes the data of version n as plain JSON values and answers with those of version n + 1.
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


def without_basis(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Nobody said which approved figures this draft was compiled from."""
    return {**data, "basis": {}}


def without_digests(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Nobody said which approved figures were settled."""
    return {**data, "digests": {}}


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


def with_catalogue(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Nobody said by which catalogue figures were asked for: version 1 was the only one."""
    return {**data, "catalogue": 1}


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
    ("intake", "submission-opened", 1): with_catalogue,
    ("intake", "submission-received", 1): with_catalogue,
    ("documents", "document-opened", 1): with_key,
    ("documents", "document-drafted", 1): without_basis,
    ("documents", "dispatch-corrected", 1): with_iso_days,
    ("verification", "figures-settled", 1): without_digests,
    ("verification", "endorsement-requested", 1): without_basis,
}


def upcast(
    producer: str,
    name: str,
    schema: int,
    present: int,
    data: Mapping[str, Any],
    upcasters: Mapping[tuple[str, str, int], Upcaster] = UPCASTERS,
) -> Mapping[str, Any]:
    """Data of version `schema` as data of version `present`; KeyError names the missing step."""
    for version in range(schema, present):
        data = upcasters[producer, name, version](data)
    return data
