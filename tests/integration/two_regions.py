"""Two regions in one audit log, as they happen in turn: the same agency id in both with another name, an
account in each, a day off in one, and somebody of neither who asks to be let in.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date

from deploy.local.postgres.databases import Database
from shared.access import people as people_file
from shared.access.people import People
from shared.contracts.archive import ItemFiled
from shared.contracts.documents import CopiesPrinted
from shared.contracts.intake import AgencyRegistered, CycleOpened, StepStarted
from shared.contracts.persons.account import AccountInvited
from shared.contracts.persons.login import LoginRequested
from shared.contracts.persons.people import PersonRegistered
from shared.contracts.settings import CalendarChanged
from shared.contracts.values import DueDate
from shared.messaging.envelope import Received
from tests.support.applications import application, migrated, person_in
from tests.support.archive_room import LATER, Archive, event_of
from tests.support.events import made

OURS, THEIRS = "3402", "3471"
NAMES = {OURS: "Kabupaten Bantul", THEIRS: "Kota Rahasia"}
AGENCY = {OURS: "Dinas Kesehatan Bantul", THEIRS: "Dinas Kesehatan Rahasia"}
OF_THEIRS = ("Rahasia", "tuti", "3471")
"""Whatever of this an answer for us holds, it should not; but sizes and hashes of the one log."""


def people(region: str, *lines: str) -> People:
    parts = [line.split(", ") for line in lines]
    agencies = {"dinkes": AGENCY.get(region, "Biro"), "arsip": "Arsip", "tapem": "Tapem"}
    persons = [person_in(agency, name, f"{name.title()} {region}", role) for name, role, agency in parts]
    return people_file.parse({"agencies": agencies, "person": persons}, region)


BOTH = People.together(
    {
        OURS: people(OURS, "ina, inspektur, tapem", "tri, arsiparis, arsip", "sri, unsur_opd, dinkes"),
        THEIRS: people(THEIRS, "tuti, inspektur, tapem", "nur, arsiparis, arsip"),
        "0000": people("0000", "oki, operator, tapem"),
    }
)


def of_region(region: str) -> Iterator[Received]:
    """What happens in a region, in streams that name it as intake does."""
    cycle, part = f"{region}-2026", "" if region == OURS else f"{region}-"
    who, day = {"by": "budi", "occurred_on": date(2026, 1, 5)}, date(2027, 3, 26)
    person = "sri" if region == OURS else "tuti"
    said = {"agency": "dinkes", "name": AGENCY[region], "short_name": AGENCY[region]}
    yield event_of(made(AgencyRegistered, **said, **who), stream=f"agency-{part}dinkes")
    named = {"region": region, "person": person, "name": f"{person} {NAMES[region]}", "agency": "dinkes"}
    yield event_of(made(PersonRegistered, **named, **who), stream=f"people-{region}")
    yield event_of(made(AccountInvited, person=person, **who), stream=f"account-{person}")
    opened = {"cycle": cycle, "region": region, "region_name": NAMES[region], "report_due": day}
    yield event_of(made(CycleOpened, **opened, **who), stream=f"cycle-{cycle}")
    kind, off = "holiday" if region == THEIRS else "working", date(2027, 2, 11)
    changed = made(CalendarChanged, day=off, kind=kind, name=f"Libur {NAMES[region]}", **who)
    yield event_of(changed, stream=f"settings-{part}calendar")
    due = made(DueDate, due_on=date(2027, 2, 10), counted_from=date(2027, 2, 1))
    started = made(StepStarted, cycle=cycle, step="printing", started_on=date(2027, 2, 1), due=due)
    yield event_of(started, stream=f"step-{cycle}-11")
    printed = made(CopiesPrinted, cycle=cycle, by="budi", occurred_on=date(2027, 2, 12))
    yield event_of(printed, stream=f"document-{cycle}-laporan")
    filed = made(ItemFiled, cycle=cycle, title=f"Laporan {NAMES[region]}", object_key="x", **who)
    if region == THEIRS:
        yield event_of(filed, stream=f"cyclefile-{cycle}")


def one_log() -> list[Received]:
    """Both regions in turn, and somebody of neither who asks to be let in."""
    ours, theirs = list(of_region(OURS)), list(of_region(THEIRS))
    both = [event for pair in zip(theirs, ours, strict=False) for event in pair]
    asked = made(LoginRequested, login="f" * 64, nip="199001012015031001", name="Orang Baru")
    return [*both, *theirs[len(ours) :], event_of(asked, stream=f"login-{'f' * 64}")]


SIZE = len(one_log())


@asynccontextmanager
async def two_regions(database: Database) -> AsyncIterator[Archive]:
    """The log of both; there is no store, so a file that was asked for would be an outage."""
    migrated("archive", database)
    async with application("archive", database, people=BOTH, now=LATER) as app:
        opened = Archive(app=app, database=database)
        for event in one_log():
            await opened.hear(event)
        await opened.signing.now()
        yield opened


async def lines(archive: Archive, person: str, question: str = "") -> list[dict[str, object]]:
    """All lines that somebody is shown, page by page."""
    found, after = list[dict[str, object]](), ""
    while True:
        answer = await archive.ask(person, f"/lines?limit=2{question}{after}")
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["items"]
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"
