"""Rules of the steps that wait for parts: done when all have happened, in whatever order they arrive,
and open again when one of them does not hold any more.
"""

from dataclasses import replace
from datetime import date

from services.intake.domain.step_commands import ChangeParts, NotePart, ReopenPart
from shared.contracts.handing_over import StepPartsChanged
from shared.contracts.intake import StepCompleted, StepPartDone, StepReopened
from shared.contracts.values import DueDate, EventRef
from tests.support.steps import KEY
from tests.unit.test_step import CYCLE, MONDAY, TUESDAY, given, start, started

SENT = EventRef(source="documents", stream="dispatch-3402-2026-gubernur", version=2)
SENT_TOO = EventRef(source="documents", stream="dispatch-3402-2026-kemendagri", version=2)


def note(part: str, cause: EventRef = SENT, occurred_on: date = TUESDAY) -> NotePart:
    return NotePart(cycle=CYCLE, step=KEY[12], part=part, by="tari", occurred_on=occurred_on, cause=cause)


def part_done(part: str, cause: EventRef = SENT, occurred_on: date = TUESDAY) -> StepPartDone:
    return StepPartDone(cycle=CYCLE, step=KEY[12], part=part, by="tari", occurred_on=occurred_on, cause=cause)


def completed_by(cause: EventRef, occurred_on: date = TUESDAY) -> StepCompleted:
    return StepCompleted(
        cycle=CYCLE, step=KEY[12], summary="", by="tari", occurred_on=occurred_on, cause=cause
    )


def test_a_part_is_noted() -> None:
    given(started(12, "gubernur", "kemendagri")).when(note("gubernur")).then(part_done("gubernur"))


def test_the_last_part_completes_the_step() -> None:
    given(started(12, "gubernur", "kemendagri"), part_done("gubernur")).when(
        note("kemendagri", SENT_TOO)
    ).then(part_done("kemendagri", SENT_TOO), completed_by(SENT_TOO))


def test_the_same_part_again_is_no_news() -> None:
    given(started(12, "gubernur", "kemendagri"), part_done("gubernur")).when(note("gubernur")).then()


def test_a_part_that_the_step_does_not_wait_for_is_no_news() -> None:
    given(started(12, "gubernur", "kemendagri")).when(note("bappeda")).then()


def test_a_part_after_the_end_is_no_news() -> None:
    given(started(12, "gubernur"), part_done("gubernur"), completed_by(SENT)).when(note("kemendagri")).then()


def test_a_part_may_come_before_its_step() -> None:
    given().when(note("gubernur")).then(part_done("gubernur"))
    given(part_done("gubernur")).when(start(12, "gubernur", "kemendagri")).then(
        started(12, "gubernur", "kemendagri")
    )


def test_a_step_whose_parts_all_came_before_is_done_when_it_begins() -> None:
    early = part_done("kemendagri", SENT_TOO, occurred_on=MONDAY)
    given(part_done("gubernur"), early).when(start(12, "gubernur", "kemendagri")).then(
        started(12, "gubernur", "kemendagri"), completed_by(SENT)
    )


LATER = DueDate(
    due_on=date(2026, 8, 6),
    earliest_on=MONDAY,
    counted_from=TUESDAY,
    duration="1 hari kerja",
    skipped=(),
    calendar="libur-id-0.109+0",
)
REFUSED = EventRef(source="verification", stream="endorsement-3402-2026", version=4)
REQUESTED = EventRef(source="verification", stream="endorsement-3402-2026", version=5)
RESENT = EventRef(source="documents", stream="dispatch-3402-2026-gubernur", version=5)


def reopen(part: str, cause: EventRef = SENT) -> ReopenPart:
    return ReopenPart(cycle=CYCLE, step=KEY[12], part=part, due=LATER, occurred_on=TUESDAY, cause=cause)


def reopened(part: str, cause: EventRef = SENT, due: DueDate | None = LATER) -> StepReopened:
    return StepReopened(cycle=CYCLE, step=KEY[12], part=part, due=due, occurred_on=TUESDAY, cause=cause)


DONE = (started(12, "gubernur"), part_done("gubernur"), completed_by(SENT))


def test_a_done_step_is_open_again_when_what_it_waited_for_does_not_hold_any_more() -> None:
    given(*DONE).when(reopen("gubernur")).then(reopened("gubernur"))
    given(*DONE, reopened("gubernur")).when(reopen("gubernur")).then()


def test_a_step_that_was_not_done_keeps_its_due_date_when_a_part_is_taken_back() -> None:
    given(started(12, "gubernur", "kemendagri"), part_done("gubernur")).when(reopen("gubernur")).then(
        reopened("gubernur", due=None)
    )


def test_what_had_not_happened_is_not_taken_back() -> None:
    given(started(12, "gubernur")).when(reopen("gubernur")).then()


def test_a_reopened_step_is_done_again_by_the_stream_that_took_it_back() -> None:
    given(*DONE, reopened("gubernur")).when(note("gubernur", RESENT)).then(
        part_done("gubernur", RESENT), completed_by(RESENT)
    )


def test_news_that_was_overtaken_does_not_complete_a_reopened_step() -> None:
    given(*DONE, reopened("gubernur", REFUSED)).when(note("gubernur", RESENT)).then()
    given(*DONE, reopened("gubernur", REFUSED)).when(note("gubernur", REQUESTED)).then(
        part_done("gubernur", REQUESTED), completed_by(REQUESTED)
    )


def test_a_part_that_two_streams_took_back_waits_for_both() -> None:
    both = (*DONE, reopened("gubernur", REFUSED), reopened("gubernur", SENT, None))
    given(*both).when(note("gubernur", RESENT)).then(part_done("gubernur", RESENT))
    given(*both, part_done("gubernur", RESENT)).when(note("gubernur", REQUESTED)).then(
        part_done("gubernur", REQUESTED), completed_by(REQUESTED)
    )


def test_a_step_begins_anew_with_a_new_due_date_when_the_one_before_is_done_again() -> None:
    again = replace(start(12, "gubernur"), cause=RESENT, due=LATER, started_on=TUESDAY)
    begun = replace(started(12, "gubernur"), cause=RESENT, due=LATER, started_on=TUESDAY)
    given(*DONE, reopened("gubernur")).when(again).then(begun)
    given(started(12, "gubernur")).when(again).then(begun)
    given(*DONE).when(again).then()


def changed(*parts: str) -> StepPartsChanged:
    return StepPartsChanged(
        cycle=CYCLE, step=KEY[12], parts=parts, by="hesti", occurred_on=TUESDAY, cause=SENT
    )


def leaves(part: str, successor: str) -> ChangeParts:
    return replace(enters(part), leaves=True, successor=successor)


def enters(part: str) -> ChangeParts:
    return ChangeParts(
        cycle=CYCLE, step=KEY[12], part=part, leaves=False, by="hesti", occurred_on=TUESDAY, cause=SENT
    )


def test_an_agency_to_which_services_came_is_waited_for() -> None:
    given(started(12, "a", "b")).when(enters("c")).then(changed("a", "b", "c"))
    given(started(12, "a", "b"), changed("a", "b", "c")).when(enters("c")).then()
    given(started(12, "a", "b")).when(enters("b")).then()


def test_an_agency_of_which_nothing_is_left_is_not_waited_for_but_its_successor_is() -> None:
    given(started(12, "a", "b")).when(leaves("b", "c")).then(changed("a", "c"))
    given(started(12, "a", "b")).when(leaves("b", "a")).then(changed("a"))
    given(started(12, "a", "b"), changed("a", "c")).when(leaves("b", "c")).then()


def test_a_step_is_done_when_only_what_left_was_missing() -> None:
    given(started(12, "a", "b"), part_done("a")).when(leaves("b", "a")).then(
        changed("a"), replace(completed_by(SENT), by="hesti")
    )


def test_a_step_is_not_done_while_the_successor_is_missing() -> None:
    history = (started(12, "a", "b"), part_done("a"))
    given(*history).when(leaves("b", "c")).then(changed("a", "c"))
    given(*history, changed("a", "c")).when(note("c", SENT_TOO)).then(
        part_done("c", SENT_TOO), completed_by(SENT_TOO)
    )


def test_what_an_older_event_says_of_another_agency_is_not_believed() -> None:
    """b gave to c, and c to a; that of b arrives last, when c has already left again."""
    history = (started(12, "a", "b"), changed("a", "b", "c"), changed("a", "b"))
    given(*history).when(leaves("b", "c")).then(changed("a"))


def test_what_came_back_is_waited_for_again() -> None:
    given(started(12, "a", "b"), changed("a")).when(enters("b")).then(changed("a", "b"))


def test_a_step_that_is_done_or_has_not_begun_waits_for_nobody_else() -> None:
    given().when(enters("c")).then()
    given(started(12, "a"), part_done("a"), completed_by(SENT)).when(enters("c")).then()
