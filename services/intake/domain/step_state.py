"""What a step remembers: when it began, which of its parts have happened and still hold, whether it is done.

Serves every SOP step. Used by `step.py`, whose rules ask it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from shared.contracts.intake import (
    DueDateRevised,
    StepCompleted,
    StepPartDone,
    StepReopened,
    StepStarted,
    StepWithdrawn,
)
from shared.contracts.values import DueDate

Event = StepStarted | StepPartDone | StepCompleted | StepReopened | StepWithdrawn | DueDateRevised


@dataclass(frozen=True, slots=True)
class Step:
    """`done`: the parts that have happened; `reopened`: of those that do not hold any more,
    the streams that took them back.
    """

    started: StepStarted | None = None
    due: DueDate | None = None
    done: Mapping[str, StepPartDone] = field(default_factory=dict)
    reopened: Mapping[str, frozenset[str]] = field(default_factory=dict)
    completed: bool = False

    @property
    def parts(self) -> frozenset[str]:
        return frozenset(self.started.parts) if self.started else frozenset()

    @property
    def has_all_parts(self) -> bool:
        return bool(self.parts) and self.parts <= self.done.keys() - self.reopened.keys()


def evolve(step: Step, event: Event) -> Step:
    match event:
        case StepStarted(due=due):
            return replace(step, started=event, due=due)
        case StepPartDone(part=part):
            return replace(
                step,
                done={**step.done, part: event},
                reopened=_without(step.reopened, part, event.cause.stream),
            )
        case StepCompleted():
            return replace(step, completed=True)
        case StepReopened(part=part, due=due):
            by = step.reopened.get(part, frozenset()) | {event.cause.stream}
            return replace(step, completed=False, due=due or step.due, reopened={**step.reopened, part: by})
        case StepWithdrawn():
            return Step()
        case DueDateRevised(due=due):
            return replace(step, due=due)
        case _:
            assert_never(event)


def _without(reopened: Mapping[str, frozenset[str]], part: str, stream: str) -> Mapping[str, frozenset[str]]:
    """A stream stands by a part again; the part holds when every stream that took it back does."""
    if part not in reopened:
        return reopened
    others = {name: streams for name, streams in reopened.items() if name != part}
    left = reopened[part] - {stream}
    return {**others, part: left} if left else others
