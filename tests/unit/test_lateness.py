"""Lateness: in working days, at least one from the day after, beyond the calendar too;
a hand-in answers to the due day under which it was asked.
"""

import json
from datetime import date
from typing import Any

import pytest

from services.archive.trail.lateness import PART_OF, Lateness
from shared.contracts.registry import all_declared
from shared.sop.calendar import seed
from shared.sop.definition import CURRENT, sops
from shared.sop.parts import CHECKING, SENDING
from shared.web.words.lateness import Dues, HandIn, against, days_late, hand_in_late

FRIDAY, SATURDAY, MONDAY = date(2026, 2, 20), date(2026, 2, 21), date(2026, 2, 23)
SOP = sops()[CURRENT]
CALENDAR = seed()


def test_the_day_after_is_late_also_on_a_weekend() -> None:
    today = {
        day: against(FRIDAY, None, day, CALENDAR) for day in (date(2026, 2, 19), FRIDAY, SATURDAY, MONDAY)
    }
    assert [(found.left, found.late) for found in today.values() if found] == [
        (1, 0),
        (0, 0),
        (None, 1),
        (None, 1),
    ]


def test_what_is_done_is_never_measured_against_today() -> None:
    for today in (FRIDAY, MONDAY, date(2031, 1, 1)):
        found = against(FRIDAY, MONDAY, today, CALENDAR)
        assert found is not None
        assert (found.late, found.left) == (1, None)
        in_time = against(FRIDAY, FRIDAY, today, CALENDAR)
        assert in_time is not None
        assert (in_time.late, in_time.left) == (0, None)
    assert against(None, MONDAY, MONDAY, CALENDAR) is None


def test_days_beyond_the_calendar_are_counted_and_stop_no_page() -> None:
    assert days_late(date(2035, 12, 28), date(2036, 1, 4), CALENDAR) == 5
    found = against(date(2036, 2, 1), None, date(2036, 1, 31), CALENDAR)
    assert found is not None
    assert found.left == 1


@pytest.mark.parametrize(
    ("first", "last", "revision", "checking", "late"),
    [
        (None, FRIDAY, 1, None, HandIn()),
        (None, MONDAY, 1, None, HandIn(first=1)),
        (FRIDAY, MONDAY, 2, MONDAY, HandIn()),
        (MONDAY, MONDAY, 2, MONDAY, HandIn(first=1)),
        (FRIDAY, date(2026, 2, 25), 3, MONDAY, HandIn(again=2)),
        (FRIDAY, MONDAY, 2, None, HandIn(again=1)),
        (None, None, 0, None, HandIn()),
    ],
)
def test_a_hand_in_answers_to_the_due_day_under_which_it_was_asked(
    first: date | None, last: date | None, revision: int, checking: date | None, late: HandIn
) -> None:
    assert hand_in_late(first, last, revision, Dues(FRIDAY, checking), CALENDAR) == late


def line(kind: str, schema: int, **data: Any) -> bytes:
    return json.dumps({"type": kind, "schema": schema, "data": {"cycle": "3402-2026", **data}}).encode()


def started(
    part: str, counted_from: date, due_on: date, kind: str = "step-started", schema: int = 2
) -> bytes:
    """As today, by key; as version 1 said it, by number."""
    step = SOP.step_of(part)
    said = (
        {"step": step.number}
        if schema == 1
        else {"step": step.key, **({"sop": CURRENT} if kind == "step-started" else {})}
    )
    return line(
        kind, schema, **said, due={"counted_from": counted_from.isoformat(), "due_on": due_on.isoformat()}
    )


def row(source: str, kind: str, schema: int = 2, **data: Any) -> dict[str, Any]:
    said = {"schema": schema, "data": {"cycle": "3402-2026", "occurred_on": MONDAY.isoformat(), **data}}
    return {"source": source, "type": kind, "event": said}


@pytest.mark.parametrize("schema", [1, 2])
def test_every_act_that_can_be_late_says_so_in_the_audit_trail(schema: int) -> None:
    for (source, kind), part in [*PART_OF.items(), (("intake", "step-completed"), CHECKING)]:
        step = SOP.step_of(part).number if schema == 1 else SOP.step_of(part).key
        assert (source, kind) in {(entry.producer, entry.name) for entry in all_declared()}
        log = Lateness("3402")
        log.learn(started(part, date(2026, 2, 2), FRIDAY, schema=schema))
        assert log.words(row(source, kind, schema, step=step, revision=1)) == "1 hari kerja terlambat", kind
        assert (
            log.words(row(source, kind, schema, step=step, revision=1, occurred_on=FRIDAY.isoformat())) == ""
        )
        assert Lateness("3402").words(row(source, kind, schema, step=step, revision=1)) == ""


def test_a_line_is_measured_by_the_due_day_that_held_on_its_day() -> None:
    log = Lateness("3402")
    log.learn(started(CHECKING, date(2026, 2, 2), FRIDAY))
    log.learn(started(CHECKING, date(2026, 3, 2), date(2026, 3, 16), "step-reopened"))
    approved = ("verification", "submission-approved")
    assert log.words(row(*approved)) == "1 hari kerja terlambat"
    assert log.words(row(*approved, occurred_on="2026-03-16")) == ""
    assert log.words(row(*approved, occurred_on="2026-03-17")) == "1 hari kerja terlambat"
    log.learn(started(CHECKING, date(2026, 2, 2), MONDAY, "due-date-revised"))
    assert log.words(row(*approved)) == ""


def test_a_holiday_of_the_log_does_not_count() -> None:
    log = Lateness("3402")
    log.learn(started(SENDING.format(recipient="gubernur"), date(2026, 2, 2), FRIDAY))
    log.learn(
        json.dumps(
            {
                "type": "calendar-changed",
                "stream": "settings-calendar",
                "schema": 1,
                "data": {"day": "2026-02-24", "kind": "holiday", "name": "x"},
            }
        ).encode()
    )
    assert (
        log.words(row("documents", "dispatch-sent", recipient="gubernur", occurred_on="2026-02-25"))
        == "2 hari kerja terlambat"
    )


@pytest.mark.parametrize(
    "damaged",
    [b"", b"[]", b'{"type": "step-started"}', b'{"type": "step-started", "data": {"due": 7}}', b"\xff"],
)
def test_a_damaged_line_says_nothing(damaged: bytes) -> None:
    log = Lateness("3402")
    log.learn(damaged)
    assert (
        log.words(
            {"source": "intake", "type": "submission-received", "event": {"data": {"occurred_on": "x"}}}
        )
        == ""
    )
