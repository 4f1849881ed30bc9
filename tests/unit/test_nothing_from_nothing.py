"""No command of a person makes an event on a stream that has not begun:
the case, agency, document or item that it names must be there first.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import pytest

import services
from shared.eventsourcing.commands.decider import Decider, Refused
from tests.architecture.test_roles_table import declarations, routes
from tests.unit.test_gate_every_command import _made

BEGINS = {
    "OpenCycle": "makes the cycle",
    "RegisterAgency": "makes the agency",
    "InviteAccount": "makes the account",
    "AskForCertificate": "makes the certificate",
    "OverrideDay": "the calendar begins with the national holidays",
    "RecordPopulations": "what others counted is there before anybody loads it",
    **dict.fromkeys(("AssignFinding", "ResolveFinding"), "a finding begins with whoever looks after it"),
    "FileHardCopy": "a cycle's shelf begins with whatever is laid on it first; the gate asks for the cycle",
}


def given_by_persons() -> Iterator[tuple[type, Decider[Any, Any, Any]]]:
    """Every command that a route gives, with its decider."""
    for service in pkgutil.iter_modules(services.__path__):
        declared = [
            one for route in routes(service.name) for one in declarations(route) if one.kind == "command"
        ]
        names = {name.partition(".")[2] for one in declared for name in one.names}
        for decider in importlib.import_module(f"services.{service.name}.bootstrap").ROOM.categories.values():
            hint = get_type_hints(decider.decide)["command"]
            yield from (
                (command, decider) for command in get_args(hint) or [hint] if command.__name__ in names
            )


COMMANDS = list(given_by_persons())


@pytest.mark.parametrize(("command", "decider"), COMMANDS, ids=lambda one: getattr(one, "__name__", ""))
def test_nothing_comes_of_what_has_not_begun(command: type, decider: Decider[Any, Any, Any]) -> None:
    if command.__name__ in BEGINS:
        return
    with pytest.raises(Refused):
        decider.decide(_made(command, {}, ()), decider.initial)


def test_the_table_holds_every_command_of_a_person() -> None:
    assert len(COMMANDS) > 25
    assert {command.__name__ for command, _ in COMMANDS} > set(BEGINS)
