"""What an official correction leaves as it was in the archive: the place of the older paper, its own end of
retention, and what waits for the closing, said by the page as the rule asks it.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.archive.domain.cycle_file import CycleFile, cycle_file, needed
from services.archive.shelf import retention
from services.archive.shelf.view import kept_until, still_missing
from shared.contracts.archive import CorrectionExpected
from shared.sop.definition import CURRENT, sops
from tests.unit import test_cycle_file as shelf

NAMES = ("laporan", "tanda_terima_gubernur", "tanda_terima_kemendagri")
KEPT = [event for name in NAMES for event in (shelf.expected(name), shelf.filed(name))]
CLOSED = (*KEPT, shelf.HARD_COPY, shelf.CLOSED)
CORRECTED = CorrectionExpected(
    cycle=shelf.CYCLE, correction=1, number="130/7/2027", by="kurnia", occurred_on=shelf.DAY
)
NEW = [
    event
    for name in NAMES
    for event in (shelf.expected(f"{name}_koreksi_1"), shelf.filed(f"{name}_koreksi_1"))
]
DECISION = shelf.expected("keputusan_koreksi_1", "k", kind="keputusan_koreksi")
FILED_DECISION = shelf.filed("keputusan_koreksi_1", "k", kind="keputusan_koreksi")
NEW_PAPER = replace(shelf.HARD_COPY, item="hardcopy_koreksi_1", location="Depo")
FULL = (*CLOSED, CORRECTED, DECISION, FILED_DECISION, *NEW, NEW_PAPER)
AWAITED = needed(sops()[CURRENT], 1)


def folded(*history: Any) -> CycleFile:
    state = cycle_file.initial
    for event in history:
        state = cycle_file.evolve(state, event)
    return state


def test_the_signed_decision_is_filed_before_the_cycle_is_closed_again() -> None:
    without = [event for event in FULL if event is not FILED_DECISION]
    shelf.given(*without).when(shelf.close()).refused("items-missing", field="items")
    state = folded(*FULL)
    shelf.given(*FULL).when(shelf.close()).then(replace(shelf.CLOSED, items=state.filed))


def test_a_correction_that_was_expected_before_its_decision_was_filed_closes_without_it() -> None:
    older = [event for event in FULL if event not in (DECISION, FILED_DECISION)]
    shelf.given(*older).when(shelf.close()).then(replace(shelf.CLOSED, items=folded(*older).filed))


def test_each_report_has_a_paper_of_its_own() -> None:
    before = (*CLOSED, CORRECTED)
    moved = replace(shelf.hard_copy(), location="Depo")
    shelf.given(*before).when(moved).then(NEW_PAPER)
    assert folded(*before, NEW_PAPER).hard_copies.keys() == {"hardcopy", "hardcopy_koreksi_1"}
    told_as_before = replace(NEW_PAPER, item="hardcopy")
    assert folded(*before, told_as_before) == folded(*before, NEW_PAPER)


SEALED = datetime(2027, 4, 2, 18, tzinfo=UTC)
"""The third of April in Yogyakarta."""


def row(kind: str, sealed_at: datetime | None) -> dict[str, Any]:
    return {"item": kind, "kind": kind, "sealed_at": sealed_at}


@pytest.mark.parametrize("kind", retention.load().kinds)
@pytest.mark.parametrize("closed_again", [None, date(2027, 12, 10)])
def test_what_was_sealed_keeps_its_end_through_a_correction(kind: str, closed_again: date | None) -> None:
    kept = kept_until({"archived_on": closed_again}, [row(kind, SEALED)], date(2028, 1, 1))
    assert kept == {kind: retention.load().final(kind, date(2027, 4, 3))}


def test_what_is_new_is_kept_from_its_own_closing_and_not_before_there_is_one() -> None:
    new, today = row("laporan", None), date(2028, 1, 1)
    assert kept_until({"archived_on": None}, [new], today) == {}
    closed = date(2027, 12, 10)
    assert kept_until({"archived_on": closed}, [new], today) == {
        "laporan": retention.load().final("laporan", closed)
    }
    ahead = kept_until({"archived_on": today + timedelta(days=9)}, [new], today)
    assert ahead == {"laporan": retention.load().final("laporan", today)}


@pytest.mark.parametrize("until", range(len(CLOSED), len(FULL) + 1))
def test_the_page_says_to_be_missing_what_the_rule_refuses_to_close_without(until: int) -> None:
    history = FULL[:until]
    state = folded(*history)
    if not state.correction:
        return
    items = [
        {
            "item": name,
            "kind": item.kind,
            "file": {"digest": item.file.digest},
            "filed_digest": item.stored.digest if item.stored else None,
        }
        for name, item in state.items.items()
    ]
    paper = state.hard_copies.get(state.paper)
    file = {"correction": state.correction, "hard_copy_location": paper.location if paper else None}
    told = still_missing(AWAITED, file, items)
    assert sorted(told) == sorted(
        name
        for name in {*AWAITED, *({"keputusan_koreksi_1"} & state.items.keys())}
        if name not in state.filed
    )
    closing = shelf.given(*history).when(shelf.close())
    if told:
        closing.refused("items-missing", field="items")
    else:
        closing.then(replace(shelf.CLOSED, items=state.filed))
