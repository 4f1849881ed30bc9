"""Due dates with their explanation, and the plan backwards from the last legal day of the report.

Role: turns the durations of the SOP into dates. Forward: the day on which a step starts is not counted.
Backwards: the last day is counted, so that a step planned to end on a day and the next one starting the
working day after fit without a gap.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from shared.contracts.values import DueDate, SkippedDay
from shared.sop.calendar import Calendar
from shared.sop.steps import Duration, Sop, Step

WORK_PLAN = "work_plan"
UNITS = {"menit": "menit", "hari": "hari", "hari_kerja": "hari kerja", "bulan": "bulan"}
DAYS = ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")


def due_date(step: Step, started_on: date, calendar: Calendar) -> DueDate:
    """When `step` is due if it starts on `started_on`. Where the SOP knows two ways,
    the longest decides and the shortest is `earliest_on`.
    """
    due_on = max(_end(started_on, duration.max, duration, calendar) for duration in step.durations)
    return DueDate(
        due_on=due_on,
        earliest_on=min(_end(started_on, duration.min, duration, calendar) for duration in step.durations),
        counted_from=started_on,
        duration=in_words(step.durations),
        skipped=tuple(SkippedDay(day=day, name=name) for day, name in calendar.skipped(started_on, due_on)),
        calendar=calendar.version,
    )


def due_in_turn(steps: Iterable[Step], day: date, calendar: Calendar) -> DueDate:
    """When the last of these steps is due if the first starts on `day` and each of the others when the one
    before it is due: none is due before what it rests on.
    """
    first, *others = steps
    due = due_date(first, day, calendar)
    for step in others:
        due = due_date(step, due.due_on, calendar)
    return due


def explain(due: DueDate, step: int) -> str:
    """Why `due` is the due date of the step with that number, in one Indonesian sentence."""
    named = ", ".join(f"{skipped.name} ({short(skipped.day)})" for skipped in due.skipped)
    not_counted = f"Sabtu, Minggu dan {named}" if named else "Sabtu dan Minggu"
    return (
        f"{due.duration} sejak {short(due.counted_from)}, hari mulai tidak dihitung; "
        f"{not_counted} tidak dihitung sebagai hari kerja; "
        f"kalender {due.calendar}; SOP langkah {step}."
    )


def short(day: date) -> str:
    """A date as Jejak writes it: Sel, 17 Feb 2026."""
    return f"{DAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def in_words(durations: Iterable[Duration]) -> str:
    """The durations as the SOP prints them: "5–10 hari kerja",
    "30 menit (di tempat) atau 1–2 hari kerja (perjalanan dinas)".
    """
    return " atau ".join(_one_in_words(duration) for duration in durations)


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step, by its key, with its planned first and last day."""

    step: str
    first: date
    last: date


def last_legal_day(report_due: date, calendar: Calendar) -> date:
    """The last working day on which the report can still be sent in time."""
    return calendar.on_or_before(report_due)


def back_plan(sop: Sop, report_due: date, calendar: Calendar) -> tuple[PlannedStep, ...]:
    """Planned days of the steps after the work plan, backwards from the last legal day,
    with the longest durations.

    What comes after sending is planned for the working day after it;
    the legal day holds for sending, not for the shelf.
    """
    steps = planned_steps(sop)
    sending = steps.index(sending_step(sop))
    last = last_legal_day(report_due, calendar)
    filing = calendar.after(last, 1)
    plan = [PlannedStep(step=step.key, first=filing, last=filing) for step in steps[sending + 1 :]]
    for step in reversed(steps[: sending + 1]):
        first = _first(step, last, calendar)
        plan.insert(0, PlannedStep(step=step.key, first=first, last=last))
        last = calendar.on_or_before(first - timedelta(days=1))
    return tuple(plan)


def planned_steps(sop: Sop) -> tuple[Step, ...]:
    """The steps that a work plan gives a day to: all that come after it."""
    return sop.steps[sop.step(WORK_PLAN).number :]


def sending_step(sop: Sop) -> Step:
    """The step that must be done by the last legal day."""
    return next(
        step
        for step in sop.steps
        if any((part.producer, part.event) == ("documents", "dispatch-sent") for part in step.parts)
    )


def _first(step: Step, last: date, calendar: Calendar) -> date:
    duration = max(step.durations, key=lambda candidate: candidate.max)
    if duration.unit == "bulan":
        return calendar.on_or_after(_months(last, -duration.max))
    return calendar.first_of(last, duration.max)


def _end(start: date, count: int, duration: Duration, calendar: Calendar) -> date:
    match duration.unit:
        case "menit":
            return calendar.on_or_after(start)
        case "hari":
            return calendar.on_or_after(start + timedelta(days=count))
        case "hari_kerja":
            return calendar.after(start, count)
        case _:
            return calendar.on_or_after(_months(start, count))


def _months(start: date, count: int) -> date:
    month = start.year * 12 + start.month - 1 + count
    year, month = divmod(month, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _one_in_words(duration: Duration) -> str:
    span = str(duration.min) if duration.min == duration.max else f"{duration.min}–{duration.max}"
    variant = f" ({duration.variant})" if duration.variant else ""
    return f"{span} {UNITS[duration.unit]}{variant}"
