"""`python -m services.intake.people.beginning REGION FOLDER [--apply]`: a region begins from a folder, looked
over first. `people.toml` holds agencies and persons as the seed does, `holidays.toml` the days that the
region overrides; letters lie where documents looks for them.

Serves every SOP step. Previous hop: a terminal on the machine, with intake's settings (`jejak env intake`).
Next hop: `command_handler`, with the events that the pages make; they name `jejak:terminal`.
"""

import asyncio
import sys
import tomllib
import uuid
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from services.intake import streams
from services.intake.bootstrap import ROOM
from services.intake.domain.people import People, decide
from services.intake.domain.people_commands import SeedPeople
from services.intake.domain.settings import OverrideDay
from services.intake.people.queries import elsewhere, regions
from services.intake.people.seed import orders_of
from shared import settings
from shared.access.people import PeopleFileInvalid, load
from shared.clock import WIB, now
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Actor
from shared.room import Running, open_room
from shared.settings_told import SettingsError

TERMINAL = "jejak:terminal"
_COMMANDS = uuid.UUID("d1f4c9b2-6e0b-4f57-9d8f-6a3f9a1c0b77")


def orders_in(folder: Path, region: str, first: str, day: date) -> list[Order]:
    """What a folder says, as orders. Raises PeopleFileInvalid."""
    known = load(folder / "people.toml", region)
    made = list(orders_of(known, region, first, TERMINAL, day))
    return [*made, *_days(folder / "holidays.toml", region, first, day)]


async def fault_in(running: Running, region: str, orders: Sequence[Order]) -> str:
    """Why these orders can not begin this region; empty where they can. Nothing happens."""
    seeds = [one.command for one in orders if isinstance(one.command, SeedPeople)]
    persons = [row.person for seed in seeds for row in seed.rows]
    async with running.pool.connection() as conn:
        if region in await regions(conn):
            return f"Daerah {region} sudah dimulai."
        taken = await elsewhere(conn, region, persons)
    if taken:
        return f"Kode {', '.join(sorted(taken))} sudah dipakai di pemasangan ini."
    try:
        for seed in seeds:
            decide(seed, People())
    except Refused as refused:
        return str(refused)
    return ""


async def begin(running: Running, orders: Sequence[Order]) -> None:
    """Gives them; given again, nothing happens twice. Raises Refused."""
    actor = Actor(person=TERMINAL, role="system", agency="")
    for number, order in enumerate(orders):
        command_id = uuid.uuid5(_COMMANDS, f"{order.stream}/{number}")
        await running.handler.handle(order, actor=actor, command_id=command_id)


def _days(path: Path, region: str, first: str, day: date) -> Iterator[Order]:
    if not path.exists():
        return
    said: dict[str, Any] = {"by": TERMINAL, "occurred_on": day}
    try:
        for one in tomllib.loads(path.read_text(encoding="utf-8")).get("day", ()):
            command = OverrideDay(**one, **said)
            stream = streams.calendar(region, first)
            yield Order(stream=stream, command=command, case_id=streams.SETTINGS)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError, AttributeError) as error:
        raise PeopleFileInvalid(f"Berkas hari libur {path} tidak dapat dibaca: {error}") from error


async def _run(region: str, folder: Path, *, apply: bool) -> int:
    async with open_room(ROOM, settings.read("intake")) as running:
        orders = orders_in(folder, region, running.settings.region, now().astimezone(WIB).date())
        if fault := await fault_in(running, region, orders):
            sys.stderr.write(f"{fault}\n")
            return 1
        for order in orders:
            sys.stdout.write(f"{order.stream}: {type(order.command).__name__}\n")
        if not apply:
            sys.stdout.write("Belum ada yang berubah; ulangi dengan --apply.\n")
            return 0
        await begin(running, orders)
    sys.stdout.write(f"Daerah {region} dimulai.\n")
    return 0


def main(arguments: Sequence[str]) -> int:
    """Answers the exit code: 0 done or it would be, 1 it can not be, 2 told wrongly."""
    said = [one for one in arguments if one != "--apply"]
    if len(said) != 2 or not (len(said[0]) == 4 and said[0].isascii() and said[0].isdigit()):
        sys.stderr.write(
            'usage: eval "$(jejak env intake)"; '
            "python -m services.intake.people.beginning REGION FOLDER [--apply]\n"
        )
        return 2
    try:
        return asyncio.run(_run(said[0], Path(said[1]), apply="--apply" in arguments))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except (PeopleFileInvalid, Refused) as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
