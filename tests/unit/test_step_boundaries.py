"""The rules of steps on the day itself, and what a step that is open again goes on with."""

from dataclasses import replace
from datetime import date

from services.intake.domain.step import step
from services.intake.domain.step_commands import RecordGuidance, ReviseDueDate, SetWorkPlan
from shared.contracts.intake import (
    DueDateRevised,
    StepCompleted,
    StepPartDone,
    StepReopened,
    StepStarted,
)
from shared.contracts.values import DueDate, EventRef, StoredFile
from shared.sop.definition import CURRENT
from tests.support.given_when_then import Given
from tests.support.steps import KEY

CYCLE = "3402-2026"
MONDAY, TUESDAY, WEDNESDAY = date(2026, 8, 3), date(2026, 8, 4), date(2026, 8, 5)
DUE = DueDate(
    due_on=TUESDAY,
    earliest_on=TUESDAY,
    counted_from=MONDAY,
    duration="1 hari kerja",
    skipped=(),
    calendar="libur-id-0.109+0",
)
LETTER = StoredFile(digest="a" * 64, name="surat.pdf", media_type="application/pdf", size=9)
SENT = EventRef(source="documents", stream="dispatch-3402-2026-gubernur", version=2)
GUIDANCE = RecordGuidance(
    cycle=CYCLE, summary="Pedoman diterima", evidence=(LETTER,), by="kurnia", occurred_on=MONDAY
)
PLAN = {KEY[number]: date(2027, 3, 2 * number) for number in range(4, 14)}
WORK_PLAN = SetWorkPlan(
    cycle=CYCLE, summary="Rencana", planned=PLAN, report_due=PLAN[KEY[12]], by="ratna", occurred_on=TUESDAY
)


def started(number: int, *parts: str) -> StepStarted:
    return StepStarted(cycle=CYCLE, sop=CURRENT, step=KEY[number], started_on=MONDAY, due=DUE, parts=parts)


def completed(number: int, **said: object) -> StepCompleted:
    return StepCompleted(**{"cycle": CYCLE, "step": KEY[number], "occurred_on": MONDAY, **said})


def given(*history: object) -> Given:
    return Given(step, history)


def test_what_a_step_asks_for_may_happen_on_the_day_it_begins() -> None:
    given(started(1)).when(GUIDANCE).then(
        completed(1, summary="Pedoman diterima", by="kurnia", evidence=(LETTER,))
    )


def test_the_report_may_be_planned_to_be_sent_on_its_last_day() -> None:
    given(started(3)).when(WORK_PLAN).then(
        completed(3, summary="Rencana", by="ratna", occurred_on=TUESDAY, planned=PLAN)
    )
    given(started(3)).when(replace(WORK_PLAN, report_due=date(2027, 3, 23))).refused(
        "plan-too-late", field="planned", report_due=date(2027, 3, 23)
    )


def test_a_plan_is_told_from_which_step_to_which_it_goes() -> None:
    given(started(3)).when(replace(WORK_PLAN, planned={})).refused(
        "plan-incomplete", field="planned", first=4, last=13
    )


PART = StepPartDone(cycle=CYCLE, step=KEY[12], part="gubernur", by="tari", occurred_on=TUESDAY, cause=SENT)
TAKEN_BACK = StepReopened(
    cycle=CYCLE, step=KEY[12], part="gubernur", due=None, occurred_on=TUESDAY, cause=SENT
)
WAITING = (started(12, "gubernur", "kemendagri"), PART, TAKEN_BACK)
BOTH = (
    started(12, "gubernur"),
    PART,
    completed(12, summary="", by="tari", cause=SENT),
    replace(TAKEN_BACK, due=replace(DUE, due_on=WEDNESDAY, counted_from=TUESDAY)),
)


def revise(due: DueDate) -> ReviseDueDate:
    return ReviseDueDate(
        cycle=CYCLE, step=KEY[12], due=due, source="SKB 3 Menteri", by="ratna", occurred_on=TUESDAY
    )


def revised(due: DueDate) -> DueDateRevised:
    return DueDateRevised(
        cycle=CYCLE, step=KEY[12], due=due, source="SKB 3 Menteri", by="ratna", occurred_on=TUESDAY
    )


def test_a_step_that_was_never_done_keeps_its_due_date_and_a_newer_calendar_moves_it() -> None:
    newer = replace(DUE, due_on=WEDNESDAY)
    given(*WAITING).when(revise(newer)).then(revised(newer))


def test_a_step_that_is_open_again_has_the_due_date_that_was_counted_then() -> None:
    newer = replace(DUE, due_on=date(2026, 8, 6), counted_from=TUESDAY)
    given(*BOTH).when(revise(newer)).then(revised(newer))
    given(*BOTH).when(revise(replace(newer, counted_from=MONDAY))).refused("other-days")
