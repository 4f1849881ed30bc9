"""Step: one of the thirteen steps of a cycle, from the day it may begin to the day it is done.

Serves every SOP step; steps 1, 2, 3 and 6 are done by a person's command, the others when all their parts have happened elsewhere. A part
may arrive before the step has begun (another topic, another speed): it is kept, and counts when the step begins. A part may cease to hold (an
approval was voided, the report refused): then the step is open again until it happens anew.
Previous hop: `api.py`, `pages.py`, the process manager. Next hop: the process manager, which starts the next step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from services.intake.domain.step_state import Event, Step, evolve
from shared.contracts.fields import CycleId, Id, Key, Name, Person, PlannedDay, Prose, Small
from shared.contracts.intake import DueDateRevised, StepCompleted, StepPartDone, StepReopened, StepStarted, StepWithdrawn
from shared.contracts.values import AgencyServices, DueDate, EventRef, StoredFile
from shared.eventsourcing.decider import Decider, Refused
from shared.sop.definition import sops

# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class StartStep:
    cycle: CycleId
    step: Small
    started_on: PlannedDay
    due: DueDate
    parts: tuple[Key, ...]
    cause: EventRef | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotePart:
    cycle: CycleId
    step: Small
    part: Key
    by: Person
    occurred_on: date
    cause: EventRef


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenPart:
    """What `part` rested on does not hold any more: the stream that `cause` names takes it back."""

    cycle: CycleId
    step: Small
    part: Key
    due: DueDate
    occurred_on: PlannedDay
    cause: EventRef


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawCycle:
    """Given to the first step of a cycle that was opened by mistake: nobody can do anything in it meanwhile."""

    cycle: CycleId
    reason: Prose
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseDueDate:
    """`due`: what the calendar of today says; `source`: the decree that changed the calendar."""

    cycle: CycleId
    step: Small
    due: DueDate
    source: Prose
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class _PlainStep:
    """What every plain step says: what was done, by whom, when, and the papers of it."""

    cycle: CycleId
    sop: Name
    summary: Prose
    evidence: tuple[StoredFile, ...] = ()
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordGuidance(_PlainStep):
    """Step 1: the guideline was coordinated with Kemendagri and the province."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFollowUp(_PlainStep):
    """Step 2: what follows from the coordination."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetWorkPlan(_PlainStep):
    """Step 3: the planned last day of each later step, backwards from `report_due`."""

    planned: Mapping[Id, PlannedDay]
    report_due: PlannedDay


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldSocialisation(_PlainStep):
    """Step 6: the agencies were told; `opens` says who must hand in what."""

    opens: tuple[AgencyServices, ...]


Plain = RecordGuidance | RecordFollowUp | SetWorkPlan | HoldSocialisation
Command = StartStep | NotePart | ReopenPart | WithdrawCycle | ReviseDueDate | Plain
NUMBER: Mapping[type, int] = {RecordGuidance: 1, RecordFollowUp: 2, SetWorkPlan: 3, HoldSocialisation: 6}
PLANNED = range(4, 14)
SENDING = "12"
FIRST = 1


# Decide


def decide(command: Command, step: Step) -> Sequence[Event]:
    match command:
        case StartStep():
            return start(command, step)
        case NotePart():
            return note_part(command, step)
        case ReopenPart():
            return reopen(command, step)
        case WithdrawCycle():
            return withdraw(command, step)
        case ReviseDueDate():
            return revise(command, step)
        case RecordGuidance() | RecordFollowUp() | SetWorkPlan() | HoldSocialisation():
            return complete(command, step)
        case _:
            assert_never(command)


def start(command: StartStep, step: Step) -> Sequence[Event]:
    """The step may begin; a second time when the step before it was reopened and is done again, unless this one is done."""
    if step.completed or (step.started and step.started.cause == command.cause):
        return []
    started = StepStarted(
        cycle=command.cycle,
        step=command.step,
        started_on=command.started_on,
        due=command.due,
        parts=command.parts,
        cause=command.cause,
    )
    begun = evolve(step, started)
    if not begun.has_all_parts:
        return [started]
    return [started, completed_by(max(begun.done.values(), key=lambda part: part.occurred_on))]


def note_part(command: NotePart, step: Step) -> Sequence[Event]:
    """A part that was taken back by a stream is done again by an event of that stream: only there it is certain which of the two came last."""
    foreign = step.started is not None and command.part not in step.parts
    known = command.part in step.done and command.cause.stream not in step.reopened.get(command.part, ())
    if step.completed or foreign or known:
        return []
    part = StepPartDone(
        cycle=command.cycle, step=command.step, part=command.part, by=command.by, occurred_on=command.occurred_on, cause=command.cause
    )
    return [part, completed_by(part)] if evolve(step, part).has_all_parts else [part]


def reopen(command: ReopenPart, step: Step) -> Sequence[Event]:
    if command.part not in step.done or command.cause.stream in step.reopened.get(command.part, ()):
        return []
    return [
        StepReopened(
            cycle=command.cycle,
            step=command.step,
            part=command.part,
            due=command.due if step.completed else None,
            occurred_on=command.occurred_on,
            cause=command.cause,
        )
    ]


def withdraw(command: WithdrawCycle, step: Step) -> Sequence[Event]:
    if step.started is None or step.started.step != FIRST:
        raise Refused("cycle-not-open", "Siklus ini tidak terbuka, jadi tidak ada yang ditarik.")
    if step.completed:
        raise Refused("cycle-begun", "Langkah 1 sudah dicatat; siklus yang sudah berjalan tidak dapat ditarik.")
    if not command.reason.strip():
        raise Refused("reason-missing", "Tulis mengapa siklus ini ditarik.", field="reason")
    return [StepWithdrawn(cycle=command.cycle, step=FIRST, reason=command.reason.strip(), by=command.by, occurred_on=command.occurred_on)]


def revise(command: ReviseDueDate, step: Step) -> Sequence[Event]:
    if step.started is None or step.completed or step.due is None:
        raise Refused("step-not-running", "Tenggat hanya diganti selama langkah dikerjakan.")
    before = step.due
    if (command.due.counted_from, command.due.duration) != (before.counted_from, before.duration):
        raise Refused("other-days", "Tenggat baru dihitung dari hari mulai dan lama yang sama; muat ulang halaman ini.")
    if command.due.due_on == before.due_on:
        raise Refused("due-date-holds", "Menurut kalender sekarang tenggatnya tetap sama.")
    if not command.source.strip():
        raise Refused("source-missing", "Tulis keputusan yang menetapkannya, dengan nomor dan tanggal.", field="source")
    return [
        DueDateRevised(
            cycle=command.cycle,
            step=command.step,
            due=command.due,
            source=command.source.strip(),
            by=command.by,
            occurred_on=command.occurred_on,
        )
    ]


def completed_by(last: StepPartDone) -> StepCompleted:
    return StepCompleted(cycle=last.cycle, step=last.step, summary="", by=last.by, occurred_on=last.occurred_on, cause=last.cause)


def complete(command: Plain, step: Step) -> Sequence[Event]:
    number = NUMBER[type(command)]
    check_plain(command, number, step)
    planned: Mapping[str, date] = {}
    opens: tuple[AgencyServices, ...] = ()
    if isinstance(command, SetWorkPlan):
        check_plan(command)
        planned = command.planned
    if isinstance(command, HoldSocialisation):
        check_opening(command)
        opens = command.opens
    return [
        StepCompleted(
            cycle=command.cycle,
            step=number,
            summary=command.summary.strip(),
            by=command.by,
            occurred_on=command.occurred_on,
            evidence=command.evidence,
            planned=planned,
            opens=opens,
        )
    ]


def check_plain(command: Plain, number: int, step: Step) -> None:
    if step.started is None:
        raise Refused("step-not-started", "Langkah {step} belum dapat dikerjakan; langkah sebelumnya belum selesai.", step=number)
    if step.completed:
        raise Refused("step-done", "Langkah {step} sudah selesai.", step=number)
    if command.occurred_on < step.started.started_on:
        sentence = "Tanggal kejadian mendahului mulainya langkah ini ({started_on})."
        raise Refused("occurred-before-start", sentence, field="occurred_on", started_on=step.started.started_on)
    if not command.summary.strip():
        raise Refused("summary-missing", "Tulis ringkas apa yang dilakukan dan hasilnya.", field="summary")
    needed = sops()[command.sop].step(number).evidence_min
    if len(command.evidence) < needed:
        raise Refused("evidence-missing", "Lampirkan sedikitnya {needed} berkas bukti.", field="evidence", needed=needed)


def check_plan(command: SetWorkPlan) -> None:
    wanted = [str(number) for number in PLANNED]
    if set(command.planned) != set(wanted):
        raise Refused("plan-incomplete", "Rencana memuat tanggal langkah 4 sampai 13.", field="planned")
    dates = [command.planned[number] for number in wanted]
    if dates != sorted(dates):
        raise Refused("plan-out-of-order", "Tanggal rencana harus berurutan dari langkah 4 sampai 13.", field="planned")
    if command.planned[SENDING] > command.report_due:
        sentence = "Pengiriman direncanakan setelah batas lapor {report_due}."
        raise Refused("plan-too-late", sentence, field="planned", report_due=command.report_due)


def check_opening(command: HoldSocialisation) -> None:
    services = [service for agency in command.opens for service in agency.services]
    if not services:
        raise Refused("nobody-to-ask", "Belum ada perangkat daerah yang diberi layanan; atur dahulu di halaman OPD.", field="opens")
    twice = sorted({service for service in services if services.count(service) > 1})
    if twice:
        sentence = "Layanan ini ditugaskan kepada lebih dari satu perangkat daerah: {services}."
        raise Refused("service-twice", sentence, field="opens", services=", ".join(twice))


step = Decider(initial=Step(), decide=decide, evolve=evolve)
