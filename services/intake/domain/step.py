"""Step: one of the steps of a cycle, from the day it may begin to the day it is done.

Serves every SOP step; a plain step is done by a person's command, the others when all their parts have
happened elsewhere. A part may arrive before the step has begun (another topic, another speed): it is kept,
and counts when the step begins. A part may cease to hold (an approval was voided, the report refused): then
the step is open again until it happens anew. Previous hop: `step_commands.py`, given by
persons and by the process manager. Next hop: the process manager, which starts the next step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from services.intake.domain.step_commands import (
    COMMAND_OF,
    ChangeParts,
    Command,
    HoldSocialisation,
    NotePart,
    Plain,
    RecordFollowUp,
    RecordGuidance,
    RecordStep,
    ReopenPart,
    ReviseDueDate,
    SetWorkPlan,
    StartStep,
    WithdrawCycle,
)
from shared.contracts.handing_over import StepPartsChanged
from shared.contracts.intake import (
    DueDateRevised,
    StepCompleted,
    StepPartDone,
    StepReopened,
    StepStarted,
    StepWithdrawn,
)
from shared.contracts.values import DueDate
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider, Refused
from shared.sop.deadlines import planned_steps, sending_step
from shared.sop.definition import sops
from shared.sop.steps import Sop
from shared.sop.steps import Step as SopStep

Event = (
    StepStarted
    | StepPartDone
    | StepPartsChanged
    | StepCompleted
    | StepReopened
    | StepWithdrawn
    | DueDateRevised
)


# State


@dataclass(frozen=True, slots=True)
class NotBegun:
    """The step before it is not done, or nobody knows of it here yet."""


@dataclass(frozen=True, slots=True)
class Running:
    started: StepStarted
    due: DueDate


@dataclass(frozen=True, slots=True)
class Done:
    started: StepStarted
    due: DueDate


@dataclass(frozen=True, slots=True)
class Step:
    """`done`: the parts that have happened, which may be before the step begins; `reopened`: of those that
    do not hold any more, the streams that took them back. `left`: parts that were waited for once.
    """

    phase: NotBegun | Running | Done = NotBegun()
    done: Mapping[str, StepPartDone] = field(default_factory=dict)
    reopened: Mapping[str, frozenset[str]] = field(default_factory=dict)
    left: frozenset[str] = frozenset()

    @property
    def parts(self) -> frozenset[str]:
        return frozenset() if isinstance(self.phase, NotBegun) else frozenset(self.phase.started.parts)

    @property
    def has_all_parts(self) -> bool:
        return bool(self.parts) and self.parts <= self.done.keys() - self.reopened.keys()


# Decide


def decide(command: Command, step: Step) -> Sequence[Event]:
    match command:
        case StartStep():
            return start(command, step)
        case NotePart():
            return note_part(command, step)
        case ReopenPart():
            return reopen(command, step)
        case ChangeParts():
            return change_parts(command, step)
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
    match step.phase:
        case Done():
            return []
        case Running(started=before) if before.cause == command.cause:
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
    foreign = isinstance(step.phase, Running) and command.part not in step.parts
    known = command.part in step.done and command.cause.stream not in step.reopened.get(command.part, ())
    if isinstance(step.phase, Done) or foreign or known:
        return []
    part = combined(StepPartDone, command)
    return [part, completed_by(part)] if evolve(step, part).has_all_parts else [part]


def reopen(command: ReopenPart, step: Step) -> Sequence[Event]:
    if command.part not in step.done or command.cause.stream in step.reopened.get(command.part, ()):
        return []
    return [combined(StepReopened, command, due=command.due if isinstance(step.phase, Done) else None)]


def change_parts(command: ChangeParts, step: Step) -> Sequence[Event]:
    """Whether a part is waited for is said by events of its own stream alone, for only those are in a certain
    order; but what was never known yet is waited for at once, or the step would be done in between.
    """
    if not isinstance(step.phase, Running):
        return []
    before = step.phase.started.parts
    enters = command.successor if command.leaves else command.part
    stay = tuple(part for part in before if not command.leaves or part != command.part)
    is_known = enters in before or (command.leaves and enters in step.left)
    after = stay if is_known or not enters else (*stay, enters)
    if after == before:
        return []
    changed = combined(StepPartsChanged, command, parts=after)
    now = evolve(step, changed)
    if not now.has_all_parts:
        return [changed]
    last = max((now.done[part] for part in after), key=lambda part: part.occurred_on)
    return [changed, combined(StepCompleted, last, command, summary="")]


def withdraw(command: WithdrawCycle, step: Step) -> Sequence[Event]:
    if isinstance(step.phase, NotBegun) or not is_first(step.phase.started):
        raise Refused("cycle-not-open", "Siklus ini tidak terbuka, jadi tidak ada yang ditarik.")
    if isinstance(step.phase, Done):
        raise Refused(
            "cycle-begun", "Langkah pertama sudah dicatat; siklus yang sudah berjalan tidak dapat ditarik."
        )
    if not command.reason.strip():
        raise Refused("reason-missing", "Tulis mengapa siklus ini ditarik.", field="reason")
    return [combined(StepWithdrawn, command, step=step.phase.started.step, reason=command.reason.strip())]


def is_first(started: StepStarted) -> bool:
    """Whether the SOP begins with this step."""
    return started.step in {step.key for step in sops()[started.sop].first()}


def revise(command: ReviseDueDate, step: Step) -> Sequence[Event]:
    if not isinstance(step.phase, Running):
        raise Refused("step-not-running", "Tenggat hanya diganti selama langkah dikerjakan.")
    before = step.phase.due
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
    if isinstance(step.phase, NotBegun):
        raise Refused(
            "step-not-started", "Langkah ini belum dapat dikerjakan; langkah sebelumnya belum selesai."
        )
    started = step.phase.started
    sop = sops()[started.sop]
    known = sop.step(command.step)
    if isinstance(step.phase, Done):
        raise Refused("step-done", "Langkah {step} sudah selesai.", step=known.number)
    if isinstance(command, RecordStep):
        check_any(command, known)
    if command.occurred_on < started.started_on:
        sentence = "Tanggal kejadian mendahului mulainya langkah ini ({started_on})."
        raise Refused("occurred-before-start", sentence, field="occurred_on", started_on=started.started_on)
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


# Evolve


def evolve(step: Step, event: Event) -> Step:
    match event:
        case StepStarted(due=due):
            return replace(step, phase=Running(event, due))
        case StepPartDone(part=part):
            reopened = _without(step.reopened, part, event.cause.stream)
            return replace(step, done={**step.done, part: event}, reopened=reopened)
        case StepPartsChanged(parts=parts):
            return _waiting_for(step, parts)
        case StepCompleted():
            begun = _begun(step)
            return replace(step, phase=Done(begun.started, begun.due))
        case StepReopened(part=part, due=due):
            by = step.reopened.get(part, frozenset()) | {event.cause.stream}
            return replace(step, phase=_open_again(step.phase, due), reopened={**step.reopened, part: by})
        case StepWithdrawn():
            return Step()
        case DueDateRevised(due=due):
            return replace(step, phase=replace(_begun(step), due=due))
        case _:
            assert_never(event)


def _waiting_for(step: Step, parts: tuple[str, ...]) -> Step:
    begun = _begun(step)
    left = (step.left | frozenset(begun.started.parts)) - frozenset(parts)
    return replace(step, phase=replace(begun, started=replace(begun.started, parts=parts)), left=left)


def _begun(step: Step) -> Running | Done:
    assert not isinstance(step.phase, NotBegun), "only what has begun is done, or has a due date"
    return step.phase


def _open_again(phase: NotBegun | Running | Done, due: DueDate | None) -> NotBegun | Running:
    """A part may be taken back before the step begins, too."""
    return phase if isinstance(phase, NotBegun) else Running(phase.started, due or phase.due)


def _without(reopened: Mapping[str, frozenset[str]], part: str, stream: str) -> Mapping[str, frozenset[str]]:
    """A stream stands by a part again; the part holds when every stream that took it back does."""
    if part not in reopened:
        return reopened
    others = {name: streams for name, streams in reopened.items() if name != part}
    left = reopened[part] - {stream}
    return {**others, part: left} if left else others


step = Decider(initial=Step(), decide=decide, evolve=evolve)
