"""What may be said of a step: that it begins, that a part happened or holds no longer, that it was done.

Serves every SOP step. Previous hop: `step/orders.py` and `process_manager.py`. Next hop: `step.py`, which
decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.contracts.fields import CycleId, Id, Key, Name, Person, PlannedDay, Prose, StepKey
from shared.contracts.values import AgencyServices, DueDate, EventRef, StoredFile


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
class ChangeParts:
    """Services went over from one agency to another: `part` is waited for from now on, or `leaves`; then
    `successor` is waited for in its place.
    """

    cycle: CycleId
    step: StepKey
    part: Key
    leaves: bool
    successor: Key = ""
    by: Person
    occurred_on: date
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
class PlainStep:
    """What every plain step says: what was done, by whom, when, and the papers of it.
    The command says which step it is.
    """

    cycle: CycleId
    summary: Prose
    evidence: tuple[StoredFile, ...] = ()
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordGuidance(PlainStep):
    """The guideline was coordinated with Kemendagri and the province."""

    step: Literal["guidance"] = "guidance"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFollowUp(PlainStep):
    """What follows from the coordination."""

    step: Literal["follow_up"] = "follow_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetWorkPlan(PlainStep):
    """The planned last day of each later step, backwards from `report_due`."""

    step: Literal["work_plan"] = "work_plan"
    planned: Mapping[Id, PlannedDay]
    report_due: PlannedDay


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldSocialisation(PlainStep):
    """The agencies were told; `opens` says who must hand in what."""

    step: Literal["socialisation"] = "socialisation"
    opens: tuple[AgencyServices, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordStep(PlainStep):
    """Any other plain step that an SOP has: somebody says that it was done.
    `role`: the role in which the person acts.
    """

    step: StepKey
    role: Key


Plain = RecordGuidance | RecordFollowUp | SetWorkPlan | HoldSocialisation | RecordStep
Command = StartStep | NotePart | ReopenPart | ChangeParts | WithdrawCycle | ReviseDueDate | Plain
COMMAND_OF: Mapping[str, type[Plain]] = {
    "guidance": RecordGuidance,
    "follow_up": RecordFollowUp,
    "work_plan": SetWorkPlan,
    "socialisation": HoldSocialisation,
}
"""The plain steps that have a command of their own; every other one is recorded by RecordStep."""
