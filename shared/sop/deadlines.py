"""Due dates with their explanation, and the plan backwards from the last legal day of the report.

Role: turns the durations of the SOP into dates. Forward: the day on which a step starts is not counted. Backwards: the last day is
counted, so that a step planned to end on a day and the next one starting the working day after fit without a gap.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from shared.contracts.values import DueDate, SkippedDay
from shared.sop.calendar import Calendar
from shared.sop.definition import Duration, Sop, Step

UNITS = {"menit": "menit", "hari": "hari", "hari_kerja": "hari kerja", "bulan": "bulan"}
DAYS = ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")


def due_date(step: Step, started_on: date, calendar: Calendar) -> DueDate:
    """When `step` is due if it starts on `started_on`. Where the SOP knows two ways, the longest decides and the shortest is `earliest_on`."""
    due_on = max(_end(started_on, duration.max, duration, calendar) for duration in step.durations)
    return DueDate(
        due_on=due_on,
        earliest_on=min(_end(started_on, duration.min, duration, calendar) for duration in step.durations),
        counted_from=started_on,
        duration=in_words(step.durations),
        skipped=tuple(SkippedDay(day=day, name=name) for day, name in calendar.skipped(started_on, due_on)),
        calendar=calendar.version,
    )


def explain(due: DueDate, step: int) -> str:
    """Why `due` is the due date, in one Indonesian sentence."""
    named = ", ".join(f"{skipped.name} ({short(skipped.day)})" for skipped in due.skipped)
    not_counted = f"Sabtu, Minggu dan {named}" if named else "Sabtu dan Minggu"
    return (
        f"{due.duration} sejak {short(due.counted_from)}, hari mulai tidak dihitung; {not_counted} tidak dihitung sebagai hari kerja; "
        f"kalender {due.calendar}; SOP langkah {step}."
    )


def short(day: date) -> str:
    """A date as Jejak writes it: Sel, 17 Feb 2026."""
    return f"{DAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def in_words(durations: Iterable[Duration]) -> str:
    """The durations as the SOP prints them: "5–10 hari kerja", "30 menit (di tempat) atau 1–2 hari kerja (perjalanan dinas)"."""
    return " atau ".join(_one_in_words(duration) for duration in durations)


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step with its planned first and last day."""

    step: int
    first: date
    last: date


def last_legal_day(report_due: date, calendar: Calendar) -> date:
    """The last working day on which the report can still be sent in time."""
    return calendar.on_or_before(report_due)


def back_plan(sop: Sop, report_due: date, calendar: Calendar) -> tuple[PlannedStep, ...]:
    """Planned days of steps 4 to 13, backwards from the last legal day, with the longest durations.

    Filing (step 13) is planned for the working day after sending; the legal day holds for sending, not for the shelf.
    """
    plan: list[PlannedStep] = []
    last = last_legal_day(report_due, calendar)
    filing = calendar.after(last, 1)
    plan.append(PlannedStep(step=13, first=filing, last=filing))
    for number in range(12, 3, -1):
        first = _first(sop.step(number), last, calendar)
        plan.append(PlannedStep(step=number, first=first, last=last))
        last = calendar.on_or_before(first - timedelta(days=1))
    return tuple(reversed(plan))


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
