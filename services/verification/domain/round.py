"""Round: which submissions of a cycle must be approved, and which are.

SOP step 8. Previous hop: intake's `SubmissionOpened` and the own `SubmissionApproved`, `ApprovalVoided` and
`ApprovalWithdrawn`, by way of `process_manager.py`. Next hop: intake, which completes step 8 on
`AllSubmissionsApproved`, and `endorsement.py`, whose report rests on these figures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import reduce
from typing import assert_never

from shared.contracts.fields import CycleId, Digest, Id, Key, Person
from shared.contracts.verification import (
    AllSubmissionsApproved,
    ApprovalCounted,
    ApprovalReleased,
    ApprovalRequired,
    ApprovalUncounted,
)
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider

Event = ApprovalRequired | ApprovalCounted | ApprovalUncounted | ApprovalReleased | AllSubmissionsApproved


# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class RequireApproval:
    cycle: CycleId
    agency: Id
    submission: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class CountApproval:
    cycle: CycleId
    agency: Id
    submission: Key
    digest: Digest
    contributors: tuple[Person, ...]
    verified_by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class UncountApproval:
    cycle: CycleId
    agency: Id
    submission: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseApproval:
    """All services of this submission went over to another agency, whose submission is `successor`."""

    cycle: CycleId
    agency: Id
    submission: Key
    taker: Id
    successor: Key


Command = RequireApproval | CountApproval | UncountApproval | ReleaseApproval


# State


@dataclass(frozen=True, slots=True)
class Round:
    """Completion needs no memory: it is said with the approval (or the late requirement) that makes it,
    and each is noted once. `before`: whose approvals do not count any more; they had a hand in it all the
    same. `released`: what was required once.
    """

    required: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    released: frozenset[str] = frozenset()
    counted: Mapping[str, ApprovalCounted] = field(default_factory=dict)


# Decide


def decide(command: Command, round_: Round) -> Sequence[Event]:
    match command:
        case RequireApproval():
            return require(command, round_)
        case CountApproval():
            return count(command, round_)
        case UncountApproval():
            return uncount(command, round_)
        case ReleaseApproval():
            return release(command, round_)
        case _:
            assert_never(command)


def require(command: RequireApproval, round_: Round) -> Sequence[Event]:
    if command.submission in round_.required:
        return []
    required = combined(ApprovalRequired, command)
    return [required, *completed(evolve(round_, required))]


def count(command: CountApproval, round_: Round) -> Sequence[Event]:
    before = round_.counted.get(command.submission)
    if before and before.digest == command.digest:
        return []
    counted = combined(ApprovalCounted, command)
    return (
        [counted, *completed(evolve(round_, counted))] if command.submission in round_.required else [counted]
    )


def uncount(command: UncountApproval, round_: Round) -> Sequence[Event]:
    if command.submission not in round_.counted:
        return []
    uncounted = combined(ApprovalUncounted, command)
    if command.submission in round_.required:
        return [uncounted]
    return [uncounted, *completed(evolve(round_, uncounted))]


def release(command: ReleaseApproval, round_: Round) -> Sequence[Event]:
    """Whether a submission is required is said by its own stream alone, for only its events are in a certain
    order; but a successor that was never heard of is required at once, or the round would be complete before
    its own stream arrives.
    """
    if command.submission not in round_.required:
        return []
    events: list[Event] = []
    if command.successor not in round_.required | round_.released:
        events.append(combined(ApprovalRequired, command, agency=command.taker, submission=command.successor))
    if command.submission in round_.counted:
        events.append(combined(ApprovalUncounted, command))
    events.append(combined(ApprovalReleased, command))
    return [*events, *completed(reduce(evolve, events, round_))]


def completed(round_: Round) -> Sequence[AllSubmissionsApproved]:
    """The news that nothing is missing any more; its day is the day of the latest approval."""
    approvals = [
        round_.counted[submission] for submission in sorted(round_.required) if submission in round_.counted
    ]
    if not approvals or len(approvals) < len(round_.required):
        return []
    last = max(approvals, key=lambda approval: approval.occurred_on)
    return [
        combined(
            AllSubmissionsApproved,
            last,
            digests={approval.submission: approval.digest for approval in approvals},
            contributors=tuple(
                sorted({person for approval in approvals for person in approval.contributors})
            ),
            verifiers=tuple(sorted({approval.verified_by for approval in approvals} | round_.before)),
            by=last.verified_by,
        )
    ]


# Evolve


def evolve(round_: Round, event: Event) -> Round:
    match event:
        case ApprovalRequired(submission=submission):
            released = round_.released - {submission}
            return replace(round_, required=round_.required | {submission}, released=released)
        case ApprovalReleased(submission=submission):
            released = round_.released | {submission}
            return replace(round_, required=round_.required - {submission}, released=released)
        case ApprovalCounted(submission=submission):
            return replace(round_, counted={**round_.counted, submission: event})
        case ApprovalUncounted(submission=submission):
            remaining = {name: approval for name, approval in round_.counted.items() if name != submission}
            before = round_.before | {round_.counted[submission].verified_by}
            return replace(round_, counted=remaining, before=before)
        case AllSubmissionsApproved():
            return round_
        case _:
            assert_never(event)


round_of_approvals = Decider(initial=Round(), decide=decide, evolve=evolve)
