"""Step: one of the thirteen steps of a cycle, from the day it may begin to the day it is done.

Serves every SOP step; steps 1, 2, 3 and 6 are done by a person's command, the others when all their parts have happened elsewhere. A part
may arrive before the step has begun (another topic, another speed): it is kept, and counts when the step begins.
Previous hop: `api.py`, `pages.py`, the process manager. Next hop: the process manager, which starts the next step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from shared.contracts.fields import CycleId, Id, Key, Name, Person, PlannedDay, Prose, Small
from shared.contracts.intake import StepCompleted, StepPartDone, StepStarted
from shared.contracts.values import AgencyServices, DueDate, EventRef, StoredFile
from shared.eventsourcing.decider import Decider, Refused
from shared.sop.definition import sops

Event = StepStarted | StepPartDone | StepCompleted


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
Command = StartStep | NotePart | Plain
NUMBER: Mapping[type, int] = {RecordGuidance: 1, RecordFollowUp: 2, SetWorkPlan: 3, HoldSocialisation: 6}
PLANNED = range(4, 14)
SENDING = "12"


# State


@dataclass(frozen=True, slots=True)
class Step:
    started_on: date | None = None
    parts: frozenset[str] = frozenset()
    done: Mapping[str, StepPartDone] = field(default_factory=dict)
    completed: bool = False

    def complete_with(self, *happened: StepPartDone) -> bool:
        return bool(self.parts) and self.parts <= {*self.done, *(part.part for part in happened)}


# Decide


def decide(command: Command, step: Step) -> Sequence[Event]:
    match command:
        case StartStep():
            return start(command, step)
        case NotePart():
            return note_part(command, step)
        case RecordGuidance() | RecordFollowUp() | SetWorkPlan() | HoldSocialisation():
            return complete(command, step)
        case _:
            assert_never(command)


def start(command: StartStep, step: Step) -> Sequence[Event]:
    if step.started_on is not None:
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
    if not begun.complete_with():
        return [started]
    return [started, completed_by(max(begun.done.values(), key=lambda part: part.occurred_on))]


def note_part(command: NotePart, step: Step) -> Sequence[Event]:
    foreign = step.started_on is not None and command.part not in step.parts
    if step.completed or foreign or command.part in step.done:
        return []
    part = StepPartDone(
        cycle=command.cycle, step=command.step, part=command.part, by=command.by, occurred_on=command.occurred_on, cause=command.cause
    )
    return [part, completed_by(part)] if step.complete_with(part) else [part]


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
    if step.started_on is None:
        raise Refused("step-not-started", "Langkah {step} belum dapat dikerjakan; langkah sebelumnya belum selesai.", step=number)
    if step.completed:
        raise Refused("step-done", "Langkah {step} sudah selesai.", step=number)
    if command.occurred_on < step.started_on:
        sentence = "Tanggal kejadian mendahului mulainya langkah ini ({started_on})."
        raise Refused("occurred-before-start", sentence, field="occurred_on", started_on=step.started_on)
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


# Evolve


def evolve(step: Step, event: Event) -> Step:
    match event:
        case StepStarted(started_on=started_on, parts=parts):
            return replace(step, started_on=started_on, parts=frozenset(parts))
        case StepPartDone(part=part):
            return replace(step, done={**step.done, part: event})
        case StepCompleted():
            return replace(step, completed=True)
        case _:
            assert_never(event)


step = Decider(initial=Step(), decide=decide, evolve=evolve)
