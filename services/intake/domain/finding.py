"""Finding: who looks after what the rules find in one submission, and how each ended.

SOP step 8. Previous hop: `findings/orders.py`, with what the rules find there now. Next hop: the findings
list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import assert_never

from shared.contracts.fields import CycleId, Id, Person, Place, Prose, Short
from shared.contracts.findings import FindingAssigned, FindingResolved
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider, Refused

Event = FindingAssigned | FindingResolved
Which = tuple[str, str, str, tuple[tuple[str, str], ...]]
"""Service, rule, cell and figures: what a finding is."""


# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignFinding:
    """Somebody of Tim SPM looks after a finding; `sentence` and `facts` are as the rules say it now."""

    cycle: CycleId
    agency: Id
    period: Id
    service: Id
    rule: Short
    field: Place
    sentence: Prose
    facts: Mapping[Id, Prose]
    assignee: Person
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveFinding:
    """Nothing is left to ask; `text` says why."""

    cycle: CycleId
    agency: Id
    period: Id
    service: Id
    rule: Short
    field: Place
    sentence: Prose
    facts: Mapping[Id, Prose]
    text: Prose
    by: Person
    occurred_on: date


Command = AssignFinding | ResolveFinding


# State


@dataclass(frozen=True, slots=True)
class Findings:
    """Of one submission: who looks after a finding, and with which words one was resolved."""

    assigned: Mapping[Which, str] = field(default_factory=dict)
    resolved: Mapping[Which, str] = field(default_factory=dict)


def which(about: Command | Event) -> Which:
    """What a command or an event speaks of."""
    return (about.service, about.rule, about.field, tuple(sorted(about.facts.items())))


# Decide


def decide(command: Command, findings: Findings) -> Sequence[Event]:
    match command:
        case AssignFinding():
            return assign(command, findings)
        case ResolveFinding():
            return resolve(command, findings)
        case _:
            assert_never(command)


def assign(command: AssignFinding, findings: Findings) -> Sequence[Event]:
    about = which(command)
    if about in findings.resolved:
        raise Refused("finding-resolved", "Temuan ini sudah selesai.", field="finding")
    if findings.assigned.get(about) == command.assignee:
        return []
    return [combined(FindingAssigned, command)]


def resolve(command: ResolveFinding, findings: Findings) -> Sequence[Event]:
    text, before = command.text.strip(), findings.resolved.get(which(command))
    if not text:
        sentence = "Tulis mengapa temuan ini selesai, agar yang membaca kelak mengerti."
        raise Refused("resolution-empty", sentence, field="text")
    if before == text:
        return []
    if before is not None:
        raise Refused("finding-resolved", "Temuan ini sudah selesai.", field="about")
    return [combined(FindingResolved, command, text=text)]


# Evolve


def evolve(findings: Findings, event: Event) -> Findings:
    match event:
        case FindingAssigned(assignee=assignee):
            return Findings({**findings.assigned, which(event): assignee}, findings.resolved)
        case FindingResolved(text=text):
            return Findings(findings.assigned, {**findings.resolved, which(event): text})
        case _:
            assert_never(event)


finding = Decider(initial=Findings(), decide=decide, evolve=evolve)
