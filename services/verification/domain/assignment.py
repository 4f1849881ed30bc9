"""Assignment: which verifier of Tim SPM looks after one submission, from the day that it is expected.

SOP step 8. Previous hop: `sharing/orders.py`, with who is of Tim SPM and who had a hand in what was handed
in. Next hop: the queue, and the work of each verifier. It is help and never a permission: whoever may check
may check what was given to somebody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shared.contracts.fields import CycleId, Id, Key, Person, Small
from shared.contracts.talk import VerifierAssigned
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Decider, Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignVerifier:
    """`team`: who is of Tim SPM that day. `involved`: who filled in or handed in, so may not check (R17).
    `seen`: how often it had been given to somebody when this was asked for; None: whoever has it now.
    """

    cycle: CycleId
    agency: Id
    period: Id
    submission: Key
    assignee: Person
    team: tuple[Person, ...]
    involved: tuple[Person, ...]
    seen: Small | None = None
    by: Person
    occurred_on: date


Command = AssignVerifier


@dataclass(frozen=True, slots=True)
class Assigned:
    """`assignee`: who has it, nobody at first; `times`: how often it was given to somebody."""

    assignee: str = ""
    times: int = 0


def decide(command: Command, assigned: Assigned) -> Sequence[VerifierAssigned]:
    """Nothing where that person has it already. Raises Refused for somebody outside Tim SPM, for who had a
    hand in it, and where somebody else was quicker.
    """
    if command.assignee not in command.team:
        sentence = "Pilih seseorang yang hari ini anggota Tim SPM."
        raise Refused("assignee-outside-team", sentence, field="assignee")
    if command.assignee in command.involved:
        sentence = "Orang ini ikut mengisi atau menyerahkan isian ini; pilih orang lain."
        raise Refused("R17", sentence, field="assignee")
    if command.assignee == assigned.assignee:
        return []
    if command.seen is not None and command.seen != assigned.times:
        sentence = "Isian ini baru saja ditugaskan kepada orang lain. Muat ulang, lalu putuskan lagi."
        raise Refused("assigned-meanwhile", sentence)
    return [combined(VerifierAssigned, command)]


def evolve(assigned: Assigned, event: VerifierAssigned) -> Assigned:
    return Assigned(event.assignee, assigned.times + 1)


assignment: Decider[Command, VerifierAssigned, Assigned] = Decider(
    initial=Assigned(), decide=decide, evolve=evolve
)
