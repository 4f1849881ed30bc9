"""`python -m services.intake.login.terminal`: which logins wait, and with MARK PERSON who one of them is, by
whoever holds the machine: for the first official of an installation, and where nobody is left who could join.

Serves every SOP step. Previous hop: `jejak join`. Next hop: `command_handler`; the event names
`jejak:terminal`, for everybody to see in the audit trail.
"""

import asyncio
import sys
import uuid
from collections.abc import Sequence

from services.intake.account.terminal import TERMINAL, quietly
from services.intake.bootstrap import ROOM
from services.intake.login import orders
from services.intake.login.queries import logins
from services.intake.queries import Row
from shared import settings
from shared.clock import WIB, now
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.recorded import Actor
from shared.room import Running, open_room
from shared.settings_told import SettingsError

SHORTEST_MARK = 8
"""As many signs as the page shows to who waits."""


async def waiting(running: Running) -> list[Row]:
    """Who signed in at a provider and is nobody here yet, the oldest first."""
    async with running.pool.connection() as conn:
        return [row for row in await logins(conn) if row["waiting"]]


async def join(running: Running, mark: str, person: str) -> str:
    """Says that the one login that waits under this mark is that person; answers its name at the provider.
    Raises Refused.
    """
    fitting = [row for row in await waiting(running) if row["login"].startswith(mark)]
    if len(mark) < SHORTEST_MARK or len(fitting) != 1:
        raise Refused("login-unknown", "Tidak ada satu akun yang menunggu dengan tanda ini.")
    (found,) = fitting
    known = running.people.find(person)
    if known is None:
        raise Refused("person-unknown", "Pegawai ini tidak dikenal.")
    day = now().astimezone(WIB).date()
    await running.handler.handle(
        orders.joining(found["login"], known, by=TERMINAL, day=day),
        actor=Actor(person=TERMINAL, role="system", agency=""),
        command_id=uuid.uuid4(),
    )
    return str(found["name"])


async def _run(mark: str, person: str) -> int:
    async with open_room(ROOM, settings.read("intake")) as running:
        try:
            if not mark:
                _list(await waiting(running))
                return 0
            await running.roster.look(running.sessions)
            name = await join(running, mark, person)
        except Refused as refusal:
            sys.stderr.write(f"{refusal}\n")
            return 1
    sys.stdout.write(f"{name} → {person}\n")
    return 0


def _list(rows: Sequence[Row]) -> None:
    for row in rows:
        said = (row["login"][:SHORTEST_MARK], row["nip"] or "-", row["name"] or "-", row["issuer"])
        sys.stdout.write("  ".join("".join(filter(str.isprintable, each)) for each in said) + "\n")
    if not rows:
        sys.stdout.write("Tidak ada akun yang menunggu.\n")


def main(arguments: Sequence[str]) -> int:
    """Answers the exit code: 0 done, 1 refused, 2 told wrongly."""
    if len(arguments) not in {0, 2}:
        sys.stderr.write("usage: jejak join [MARK PERSON]\n")
        return 2
    quietly()
    try:
        return asyncio.run(_run(*(arguments or ("", ""))))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
