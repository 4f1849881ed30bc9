"""Step: one of the steps of a cycle, from the day it may begin to the day it is done.

Serves every SOP step; a plain step is done by a person's command, the others when all their parts have
happened elsewhere. A part may arrive before the step has begun (another topic, another speed): it is kept,
and counts when the step begins. A part may cease to hold (an approval was voided, the report refused): then
the step is open again until it happens anew. Previous hop: `step/orders.py`, the process manager.
Next hop: the process manager, which starts the next step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, assert_never

from services.intake.domain.step_state import Event, Step, evolve
from shared.contracts.fields import CycleId, Id, Key, Name, Person, PlannedDay, Prose, StepKey
from shared.contracts.intake import (
    DueDateRevised,
    StepCompleted,
    StepPartDone,
    StepReopened,
    StepStarted,
    StepWithdrawn,
)
from shared.contracts.values import AgencyServices, DueDate, EventRef, StoredFile
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider, Refused
from shared.sop.deadlines import planned_steps, sending_step
from shared.sop.definition import sops
from shared.sop.steps import Sop
from shared.sop.steps import Step as SopStep

# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class StartStep:
    cycle: CycleId
    sop: Name
    step: StepKey
    started_on: PlannedDay
    due: DueDate
    parts: tuple[Key, ...]
    cause: EventRef | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotePart:
    cycle: CycleId
    step: StepKey
    part: Key
    by: Person
    occurred_on: date
    cause: EventRef


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenPart:
    """What `part` rested on does not hold any more: the stream that `cause` names takes it back."""

    cycle: CycleId
    step: StepKey
    part: Key
    due: DueDate
    occurred_on: PlannedDay
    cause: EventRef


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawCycle:
    """Given to the first step of a cycle that was opened by mistake:
    nobody can do anything in it meanwhile.
    """

    cycle: CycleId
    reason: Prose
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseDueDate:
    """`due`: what the calendar of today says; `source`: the decree that changed the calendar."""

    cycle: CycleId
    step: StepKey
    due: DueDate
    source: Prose
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class _PlainStep:
    """What every plain step says: what was done, by whom, when, and the papers of it.
    The command says which step it is.
    """

    cycle: CycleId
    summary: Prose
    evidence: tuple[StoredFile, ...] = ()
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordGuidance(_PlainStep):
    """The guideline was coordinated with Kemendagri and the province."""

    step: Literal["guidance"] = "guidance"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFollowUp(_PlainStep):
    """What follows from the coordination."""

    step: Literal["follow_up"] = "follow_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetWorkPlan(_PlainStep):
    """The planned last day of each later step, backwards from `report_due`."""

    step: Literal["work_plan"] = "work_plan"
    planned: Mapping[Id, PlannedDay]
    report_due: PlannedDay


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldSocialisation(_PlainStep):
    """The agencies were told; `opens` says who must hand in what."""

    step: Literal["socialisation"] = "socialisation"
    opens: tuple[AgencyServices, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordStep(_PlainStep):
    """Any other plain step that an SOP has: somebody says that it was done.
    `role`: the role in which the person acts.
    """

    step: StepKey
    role: Key


Plain = RecordGuidance | RecordFollowUp | SetWorkPlan | HoldSocialisation | RecordStep
Command = StartStep | NotePart | ReopenPart | WithdrawCycle | ReviseDueDate | Plain

COMMAND_OF: Mapping[str, type[Plain]] = {
    "guidance": RecordGuidance,
    "follow_up": RecordFollowUp,
    "work_plan": SetWorkPlan,
    "socialisation": HoldSocialisation,
}
"""The plain steps that have a command of their own; every other one is recorded by RecordStep."""

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
        case RecordGuidance() | RecordFollowUp() | SetWorkPlan() | HoldSocialisation() | RecordStep():
            return complete(command, step)
        case _:
            assert_never(command)


def start(command: StartStep, step: Step) -> Sequence[Event]:
    """The step may begin; a second time when the step before it was reopened and is done again,
    unless this one is done.
    """
    if step.completed or (step.started and step.started.cause == command.cause):
        return []
    started = combined(StepStarted, command)
    begun = evolve(step, started)
    if not begun.has_all_parts:
        return [started]
    return [started, completed_by(max(begun.done.values(), key=lambda part: part.occurred_on))]


def note_part(command: NotePart, step: Step) -> Sequence[Event]:
    """A part that was taken back by a stream is done again by an event of that stream:
    only there it is certain which of the two came last.
    """
    foreign = step.started is not None and command.part not in step.parts
    known = command.part in step.done and command.cause.stream not in step.reopened.get(command.part, ())
    if step.completed or foreign or known:
        return []
    part = combined(StepPartDone, command)
    return [part, completed_by(part)] if evolve(step, part).has_all_parts else [part]


def reopen(command: ReopenPart, step: Step) -> Sequence[Event]:
    if command.part not in step.done or command.cause.stream in step.reopened.get(command.part, ()):
        return []
    return [combined(StepReopened, command, due=command.due if step.completed else None)]


def withdraw(command: WithdrawCycle, step: Step) -> Sequence[Event]:
    if step.started is None or not is_first(step.started):
        raise Refused("cycle-not-open", "Siklus ini tidak terbuka, jadi tidak ada yang ditarik.")
    if step.completed:
        raise Refused(
            "cycle-begun", "Langkah pertama sudah dicatat; siklus yang sudah berjalan tidak dapat ditarik."
        )
    if not command.reason.strip():
        raise Refused("reason-missing", "Tulis mengapa siklus ini ditarik.", field="reason")
    return [combined(StepWithdrawn, command, step=step.started.step, reason=command.reason.strip())]


def is_first(started: StepStarted) -> bool:
    """Whether the SOP begins with this step."""
    return started.step in {step.key for step in sops()[started.sop].first()}


def revise(command: ReviseDueDate, step: Step) -> Sequence[Event]:
    if step.started is None or step.completed or step.due is None:
        raise Refused("step-not-running", "Tenggat hanya diganti selama langkah dikerjakan.")
    before = step.due
    if (command.due.counted_from, command.due.duration) != (before.counted_from, before.duration):
        raise Refused(
            "other-days", "Tenggat baru dihitung dari hari mulai dan lama yang sama; muat ulang halaman ini."
        )
    if command.due.due_on == before.due_on:
        raise Refused("due-date-holds", "Menurut kalender sekarang tenggatnya tetap sama.")
    if not command.source.strip():
        raise Refused(
            "source-missing", "Tulis keputusan yang menetapkannya, dengan nomor dan tanggal.", field="source"
        )
    return [combined(DueDateRevised, command, source=command.source.strip())]


def completed_by(last: StepPartDone) -> StepCompleted:
    return combined(StepCompleted, last, summary="")


def complete(command: Plain, step: Step) -> Sequence[Event]:
    sop = check_plain(command, step)
    if isinstance(command, SetWorkPlan):
        check_plan(command, sop)
    if isinstance(command, HoldSocialisation):
        check_opening(command)
    return [combined(StepCompleted, command, summary=command.summary.strip())]


def check_plain(command: Plain, step: Step) -> Sop:
    """Answers the SOP that the step started under."""
    if step.started is None:
        raise Refused(
            "step-not-started", "Langkah ini belum dapat dikerjakan; langkah sebelumnya belum selesai."
        )
    sop = sops()[step.started.sop]
    known = sop.step(command.step)
    if step.completed:
        raise Refused("step-done", "Langkah {step} sudah selesai.", step=known.number)
    if isinstance(command, RecordStep):
        check_any(command, known)
    if command.occurred_on < step.started.started_on:
        sentence = "Tanggal kejadian mendahului mulainya langkah ini ({started_on})."
        raise Refused(
            "occurred-before-start", sentence, field="occurred_on", started_on=step.started.started_on
        )
    if not command.summary.strip():
        raise Refused("summary-missing", "Tulis ringkas apa yang dilakukan dan hasilnya.", field="summary")
    if len(command.evidence) < known.evidence_min:
        raise Refused(
            "evidence-missing",
            "Lampirkan sedikitnya {needed} berkas bukti.",
            field="evidence",
            needed=known.evidence_min,
        )
    return sop


def check_any(command: RecordStep, known: SopStep) -> None:
    """A step that has a command of its own, or that completes by events, is not recorded in this way;
    and only by whose step it is.
    """
    if not known.plain or command.step in COMMAND_OF:
        raise Refused("step-not-plain", "Langkah {step} tidak dicatat dengan cara ini.", step=known.number)
    if command.role != known.role:
        raise Refused(
            "other-role", "Langkah {step} dicatat oleh pelaksananya menurut SOP.", step=known.number
        )


def check_plan(command: SetWorkPlan, sop: Sop) -> None:
    wanted = [step.key for step in planned_steps(sop)]
    first, last = sop.step(wanted[0]).number, sop.last.number
    if set(command.planned) != set(wanted):
        raise Refused(
            "plan-incomplete",
            "Rencana memuat tanggal langkah {first} sampai {last}.",
            field="planned",
            first=first,
            last=last,
        )
    dates = [command.planned[key] for key in wanted]
    if dates != sorted(dates):
        sentence = "Tanggal rencana harus berurutan dari langkah {first} sampai {last}."
        raise Refused("plan-out-of-order", sentence, field="planned", first=first, last=last)
    if command.planned[sending_step(sop).key] > command.report_due:
        sentence = "Pengiriman direncanakan setelah batas lapor {report_due}."
        raise Refused("plan-too-late", sentence, field="planned", report_due=command.report_due)


def check_opening(command: HoldSocialisation) -> None:
    services = [service for agency in command.opens for service in agency.services]
    if not services:
        raise Refused(
            "nobody-to-ask",
            "Belum ada perangkat daerah yang diberi layanan; atur dahulu di halaman OPD.",
            field="opens",
        )
    twice = sorted({service for service in services if services.count(service) > 1})
    if twice:
        sentence = "Layanan ini ditugaskan kepada lebih dari satu perangkat daerah: {services}."
        raise Refused("service-twice", sentence, field="opens", services=", ".join(twice))


step = Decider(initial=Step(), decide=decide, evolve=evolve)
