"""A kabupaten larger than any: fifty agencies that each answer for all 29 services, in one cycle that has
come as far as its figures; made through the front door, as its people would.

Only that a service is asked of more than one agency is made behind the door's back: the rules refuse it.
"""

import asyncio
from datetime import date
from itertools import count
from pathlib import Path

from deploy.bench.filling import open_submission
from deploy.bench.outside.installation import Installation
from deploy.bench.outside.line import Line
from deploy.bench.outside.load import CLIENTS, enter, sign_in
from deploy.demo import acts, data
from deploy.demo.days import last_cycle
from deploy.demo.stage import KABAG, Play, on
from deploy.local.service_process import PEOPLE
from services.intake.bootstrap import ROOM
from shared.clock import today
from shared.eventsourcing.commands.command_handler import CommandHandler
from shared.eventsourcing.sql import open_pool

AGENCIES = tuple(f"opd{number:02}" for number in range(1, 51))
HANDED_IN = 40
AGAIN = AGENCIES[1]
"""Was returned and handed in again, with other figures."""
UP_TO = ("guidance", "follow_up", "work_plan", "decree_draft", "decree_handover", "socialisation")


def write_people(place: Path) -> Path:
    """The people of the demonstration and an officer for each agency."""
    text = PEOPLE.read_text(encoding="utf-8")
    named = "".join(f'{agency} = "{name_of(agency)}"\n' for agency in AGENCIES)
    officers = "".join(
        f'\n[[person]]\nid = "{officer_of(agency)}"\nname = "Petugas {agency}"\nnip = "{9 * 10**17 + at}"\n'
        f'agency = "{agency}"\noffice = [{{ role = "unsur_opd", valid_from = 2025-01-01 }}]\n'
        for at, agency in enumerate(AGENCIES)
    )
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text.replace("[agencies]\n", f"[agencies]\n{named}", 1) + officers, encoding="utf-8")
    return place


def name_of(agency: str) -> str:
    return f"Dinas Contoh Nomor {agency.removeprefix('opd')}"


def officer_of(agency: str) -> str:
    return f"petugas_{agency}"


def begin(installation: Installation) -> str:
    """Registers, opens, goes through the first six steps, fills everything in and hands most of it in;
    answers the cycle's id.
    """
    play = Play(installation.address, last_cycle(today()), lambda _step, _what: None)
    try:
        _open(play)
        for key in UP_TO:
            play.step_started(key)
            acts.STEPS[key](play)
            play.step_done(key)
        cases = {agency: play.case(agency) for agency in AGENCIES}
        asyncio.run(_open_others(installation.intake_database, play.cycle))
        listed = f"/api/intake/cycles/{play.cycle}/submissions"
        play.wait_for(
            "all submissions open",
            lambda: len(play.as_(KABAG).ask(listed, limit=100)["items"]) == len(AGENCIES),
        )
        tokens = sign_in(installation.address, {case: officer_of(agency) for agency, case in cases.items()})
        asyncio.run(_fill_in(installation.port, tokens))
        for agency in AGENCIES[:HANDED_IN]:
            _hand_in(play, agency, play.days.handed_in)
        _return(play, AGAIN)
        asyncio.run(_fill_in(installation.port, {cases[AGAIN]: tokens[cases[AGAIN]]}, first=10_000))
        _hand_in(play, AGAIN, play.days.handed_in_again)
        heard = f"/api/verification/rounds/{play.cycle}"
        tim_spm = play.as_(play.cast.verifier)
        play.wait_for(
            "all of them wait for Tim SPM",
            lambda: tim_spm.ask(heard)["counts"].get("waiting") == HANDED_IN,
        )
    finally:
        play.close()
    return play.cycle


def _path(case: str) -> str:
    return f"/api/intake/submissions/{case}"


def _hand_in(play: Play, agency: str, day: date) -> None:
    officer, path = play.as_(officer_of(agency)), _path(play.case(agency))
    seen = officer.ask(path)["next_digest"]
    officer.give(f"{path}/hand-in", {"digest": seen, **on(day)})


def _return(play: Play, agency: str) -> None:
    path, officer = f"/api/verification/verifications/{play.case(agency)}", play.as_(officer_of(agency))
    play.once(play.cast.verifier, path, "waiting")
    said = {"reason": "Periksa sumber angka.", **on(play.days.returned)}
    play.as_(play.cast.verifier).give(f"{path}/return", said)
    sheet = _path(play.case(agency))
    play.wait_for(f"{agency} has it back", lambda: officer.ask(sheet)["standing"] == "returned")


def _open(play: Play) -> None:
    kabag, day = play.as_(KABAG), play.days.opened.isoformat()
    for agency in AGENCIES:
        said = {"name": name_of(agency), "short_name": agency.upper(), "occurred_on": day}
        kabag.give(f"/api/intake/agencies/{agency}", said, method="PUT")
    for service in data.figures():
        said = {"service": service, "valid_from": day, "occurred_on": day}
        kabag.give(f"/api/intake/agencies/{AGENCIES[0]}/assignments", said)
    acts.begin_cycle(play)


async def _open_others(database: str, cycle: str) -> None:
    async with open_pool(database, size=2) as pool:
        handler = CommandHandler(ROOM.name, ROOM.categories, ROOM.projecting("3402"), pool, lambda: None)
        for agency in AGENCIES[1:]:
            await open_submission(handler, cycle, agency, name_of(agency), tuple(data.figures()))


async def _fill_in(port: int, tokens: dict[str, str], first: int = 1) -> None:
    """Each figure differs by its number, the first of which this is."""
    wanted = iter([(case, service) for service in data.figures() for case in tokens])
    numbers = count(first)

    async def client() -> None:
        async with Line(port) as line:
            for case, service in wanted:
                await enter(line, tokens[case], case, service, next(numbers))

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
