"""`python -m services.intake.account.terminal PERSON`: an invitation by whoever holds the machine, for the
first official of an installation and where nobody is left who could invite.

Serves every SOP step. Previous hop: `jejak invite`, or a terminal with intake's settings (`jejak env
intake`). Next hop: `command_handler`; the event names `jejak:terminal`, for everybody to see in the audit
trail.
"""

import asyncio
import logging
import sys
import uuid
from collections.abc import Sequence

import structlog

from services.intake import streams
from services.intake.account.local import Local
from services.intake.account.orders import LINK
from services.intake.bootstrap import ROOM
from services.intake.domain.account import Invited
from services.intake.domain.account_commands import InviteAccount
from shared import settings
from shared.clock import WIB, now
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Actor
from shared.room import Running, open_room
from shared.settings_told import SettingsError

TERMINAL = "jejak:terminal"


async def invite(running: Running, person: str) -> str | None:
    """The link of a new invitation; None where nobody is called so. What opened the account before opens
    nothing any more, and its sessions have ended.
    """
    if running.people.find(person) is None:
        return None
    command = InviteAccount(
        person=person, terminal=True, by=TERMINAL, occurred_on=now().astimezone(WIB).date()
    )
    await running.handler.handle(
        Order(stream=streams.account(person), command=command, case_id=streams.SETTINGS),
        actor=Actor(person=TERMINAL, role="system", agency=""),
        command_id=uuid.uuid4(),
    )
    await running.sessions.end_of(person)
    local = Local(running)
    phase = (await local.account(person)).phase
    secret = await local.vault.invite(person, phase.invitation) if isinstance(phase, Invited) else None
    return f"{running.settings.public_url}{LINK}{secret}" if secret else None


def quietly() -> None:
    """What is printed is the answer alone; of log lines only what is wrong."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


async def _run(person: str) -> int:
    async with open_room(ROOM, settings.read("intake")) as running:
        await running.roster.look(running.sessions)
        link = await invite(running, person)
    if link is None:
        sys.stderr.write(f"Pegawai {person} tidak dikenal, atau undangannya baru saja diganti.\n")
        return 1
    sys.stdout.write(f"{link}\n")
    return 0


def main(arguments: Sequence[str]) -> int:
    """Answers the exit code: 0 done, 1 nobody is called so, 2 told wrongly."""
    if len(arguments) != 1:
        sys.stderr.write(
            'usage: eval "$(jejak env intake)"; python -m services.intake.account.terminal PERSON\n'
        )
        return 2
    quietly()
    try:
        return asyncio.run(_run(arguments[0]))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
