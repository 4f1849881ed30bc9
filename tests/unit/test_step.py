"""Rules of the steps: plain ones by a person, the others when all their parts have happened,
in whatever order they arrive.
"""

from dataclasses import replace
from datetime import date

import pytest

from services.intake.domain.step import step
from services.intake.domain.step_commands import (
    HoldSocialisation,
    RecordFollowUp,
    RecordGuidance,
    ReviseDueDate,
    SetWorkPlan,
    StartStep,
    WithdrawCycle,
)
from shared.contracts.intake import (
    DueDateRevised,
    StepCompleted,
    StepStarted,
    StepWithdrawn,
)
from shared.contracts.values import AgencyServices, DueDate, EventRef, StoredFile
from shared.sop.definition import CURRENT
from tests.support.given_when_then import Given
from tests.support.steps import KEY

CYCLE = "3402-2026"
MONDAY, TUESDAY = date(2026, 8, 3), date(2026, 8, 4)
DUE = DueDate(
    due_on=TUESDAY,
    earliest_on=TUESDAY,
    counted_from=MONDAY,
    duration="1 hari kerja",
    skipped=(),
    calendar="libur-id-0.109+0",
)
CAUSE = EventRef(source="intake", stream="cycle-3402-2026", version=1)
LETTER = StoredFile(digest="a" * 64, name="surat.pdf", media_type="application/pdf", size=9)
PLAN = {KEY[number]: date(2026, 9, number) for number in range(4, 14)}


def given(*history: object) -> Given:
    return Given(step, history)


def start(number: int, *parts: str) -> StartStep:
    return StartStep(
        cycle=CYCLE, sop=CURRENT, step=KEY[number], started_on=MONDAY, due=DUE, parts=parts, cause=CAUSE
    )


def started(number: int, *parts: str) -> StepStarted:
    return StepStarted(
        cycle=CYCLE, sop=CURRENT, step=KEY[number], started_on=MONDAY, due=DUE, parts=parts, cause=CAUSE
    )


GUIDANCE = RecordGuidance(
    cycle=CYCLE, summary=" Pedoman 2026 diterima ", evidence=(LETTER,), by="kurnia", occurred_on=TUESDAY
)
FOLLOW_UP = RecordFollowUp(cycle=CYCLE, summary="Nota dinas", by="ratna", occurred_on=TUESDAY)
WORK_PLAN = SetWorkPlan(
    cycle=CYCLE,
    summary="Rencana kerja",
    planned=PLAN,
    report_due=date(2027, 3, 31),
    by="ratna",
    occurred_on=TUESDAY,
)
DINKES = AgencyServices(agency="dinkes", name="Dinas Kesehatan", services=("kes.balita", "kes.lansia"))
SOCIALISATION = HoldSocialisation(
    cycle=CYCLE, summary="Sosialisasi", evidence=(LETTER,), opens=(DINKES,), by="kurnia", occurred_on=TUESDAY
)


def test_a_step_starts() -> None:
    given().when(start(1)).then(started(1))


def test_a_step_starts_once() -> None:
    given(started(1)).when(start(1)).then()


def test_guidance_completes_step_1() -> None:
    given(started(1)).when(GUIDANCE).then(
        StepCompleted(
            cycle=CYCLE,
            step=KEY[1],
            summary="Pedoman 2026 diterima",
            by="kurnia",
            occurred_on=TUESDAY,
            evidence=(LETTER,),
        )
    )


def test_the_follow_up_completes_step_2_without_papers() -> None:
    given(started(2)).when(FOLLOW_UP).then(
        StepCompleted(cycle=CYCLE, step=KEY[2], summary="Nota dinas", by="ratna", occurred_on=TUESDAY)
    )


def test_the_plan_completes_step_3_with_its_dates() -> None:
    given(started(3)).when(WORK_PLAN).then(
        StepCompleted(
            cycle=CYCLE, step=KEY[3], summary="Rencana kerja", by="ratna", occurred_on=TUESDAY, planned=PLAN
        )
    )


def test_the_socialisation_completes_step_6_and_says_who_must_hand_in() -> None:
    given(started(6)).when(SOCIALISATION).then(
        StepCompleted(
            cycle=CYCLE,
            step=KEY[6],
            summary="Sosialisasi",
            by="kurnia",
            occurred_on=TUESDAY,
            evidence=(LETTER,),
            opens=(DINKES,),
        )
    )


def test_a_step_that_has_not_begun_cannot_be_completed() -> None:
    given().when(GUIDANCE).refused("step-not-started")


def test_a_step_is_completed_once() -> None:
    done = StepCompleted(cycle=CYCLE, step=KEY[1], summary="x", by="kurnia", occurred_on=TUESDAY)
    given(started(1), done).when(GUIDANCE).refused("step-done")


def test_nothing_happens_before_its_step_begins() -> None:
    given(started(1)).when(replace(GUIDANCE, occurred_on=date(2026, 8, 2))).refused(
        "occurred-before-start", field="occurred_on"
    )


def test_a_step_needs_a_summary() -> None:
    given(started(1)).when(replace(GUIDANCE, summary="  ")).refused("summary-missing", field="summary")


def test_a_step_needs_the_papers_that_the_sop_asks_for() -> None:
    given(started(1)).when(replace(GUIDANCE, evidence=())).refused("evidence-missing", field="evidence")


def test_a_plan_names_every_later_step() -> None:
    given(started(3)).when(replace(WORK_PLAN, planned={KEY[4]: MONDAY})).refused(
        "plan-incomplete", field="planned"
    )


def test_a_plan_is_in_order() -> None:
    given(started(3)).when(replace(WORK_PLAN, planned=PLAN | {KEY[5]: date(2026, 9, 30)})).refused(
        "plan-out-of-order", field="planned"
    )


def test_a_plan_sends_the_report_in_time() -> None:
    late = PLAN | {KEY[12]: date(2027, 4, 1), KEY[13]: date(2027, 4, 1)}
    given(started(3)).when(replace(WORK_PLAN, planned=late)).refused("plan-too-late", field="planned")


def test_somebody_must_be_asked() -> None:
    given(started(6)).when(replace(SOCIALISATION, opens=())).refused("nobody-to-ask", field="opens")


def test_a_service_is_asked_of_one_agency_only() -> None:
    other = AgencyServices(agency="dinsos", name="Dinas Sosial", services=("kes.balita",))
    given(started(6)).when(replace(SOCIALISATION, opens=(DINKES, other))).refused(
        "service-twice", field="opens"
    )


WITHDRAW = WithdrawCycle(cycle=CYCLE, reason=" Tahun keliru. ", by="kurnia", occurred_on=TUESDAY)
WITHDRAWN = StepWithdrawn(cycle=CYCLE, step=KEY[1], reason="Tahun keliru.", by="kurnia", occurred_on=TUESDAY)


def test_a_cycle_in_which_nothing_has_happened_is_withdrawn_and_then_nothing_can_happen_in_it() -> None:
    given(started(1)).when(WITHDRAW).then(WITHDRAWN)
    given(started(1), WITHDRAWN).when(GUIDANCE).refused("step-not-started")
    given(started(1), WITHDRAWN).when(WITHDRAW).refused("cycle-not-open")
    given(started(1), WITHDRAWN).when(start(1)).then(started(1))


def test_a_cycle_in_which_anything_was_done_is_not_withdrawn() -> None:
    done = StepCompleted(cycle=CYCLE, step=KEY[1], summary="x", by="kurnia", occurred_on=TUESDAY)
    given(started(1), done).when(WITHDRAW).refused("cycle-begun")
    given(started(2)).when(WITHDRAW).refused("cycle-not-open")
    given().when(WITHDRAW).refused("cycle-not-open")
    given(started(1)).when(replace(WITHDRAW, reason=" ")).refused("reason-missing", field="reason")


NEWER = replace(DUE, due_on=date(2026, 8, 5), calendar="libur-id-0.109+1")
REVISE = ReviseDueDate(
    cycle=CYCLE, step=KEY[1], due=NEWER, source=" SKB 3 Menteri ", by="ratna", occurred_on=TUESDAY
)
REVISED = DueDateRevised(
    cycle=CYCLE, step=KEY[1], due=NEWER, source="SKB 3 Menteri", by="ratna", occurred_on=TUESDAY
)


def test_a_due_date_follows_a_newer_calendar_when_a_person_takes_it_over_with_the_decree() -> None:
    given(started(1)).when(REVISE).then(REVISED)
    given(started(1), REVISED).when(REVISE).refused("due-date-holds")


def test_a_due_date_is_not_moved_by_anything_but_the_calendar() -> None:
    given(started(1)).when(replace(REVISE, due=replace(NEWER, counted_from=TUESDAY))).refused("other-days")
    given(started(1)).when(replace(REVISE, due=replace(NEWER, duration="9 hari kerja"))).refused("other-days")
    given(started(1)).when(replace(REVISE, source="")).refused("source-missing", field="source")


def test_a_due_date_that_is_over_or_has_not_begun_stays() -> None:
    done = StepCompleted(cycle=CYCLE, step=KEY[1], summary="x", by="kurnia", occurred_on=TUESDAY)
    given(started(1), done).when(REVISE).refused("step-not-running")
    given().when(REVISE).refused("step-not-running")


@pytest.mark.parametrize("number", range(1, 14))
def test_a_plain_step_is_never_completed_by_starting(number: int) -> None:
    given().when(start(number)).then(started(number))
