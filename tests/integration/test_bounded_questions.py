"""A page asks the database as often for forty submissions of many services as for five of few: what is many
is asked at once.

In process, on real PostgreSQL, over every page and question of intake and verification that has an answer
there; nothing here names a route.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from deploy.bench.filling import open_submission
from deploy.demo import data
from deploy.demo.stage import OFFICERS
from services.intake.domain.agency import RegisterAgency
from tests.support.applications import Browser, bearer, visiting
from tests.support.doors import Door, doors
from tests.support.events import CYCLE
from tests.support.intake_room import NOW, figure_body, intake_room, to_step_7
from tests.support.parts import PostgresPart
from tests.support.rooms import Room
from tests.support.verification_room import case, verification_room

FEW, MANY, LEAST = 5, 40, 5
KNOWN = data.figures()
FILLED = [name for name, figure in KNOWN.items() if figure.answer == "filled"]
WHO_ASKS = "look_up_"
"""Sessions and people, after some seconds again."""
_ASKED: ContextVar[list[str] | None] = ContextVar("asked", default=None)


@pytest.fixture(autouse=True)
def listening(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked for a request is written down, and not what the background of a service asks."""
    execute: Callable[..., Any] = psycopg.AsyncCursor.execute

    async def heard(self: Any, query: Any, *args: Any, **more: Any) -> Any:
        text = query.decode() if isinstance(query, bytes) else str(query)
        if (asked := _ASKED.get()) is not None and WHO_ASKS not in text:
            asked.append(text)
        return await execute(self, query, *args, **more)

    monkeypatch.setattr(psycopg.AsyncCursor, "execute", heard)


@asynccontextmanager
async def verification_with(postgres: PostgresPart, many: int) -> AsyncIterator[Room]:
    """So many agencies wait; one of them for the second time, asked about so many services."""
    async with verification_room(postgres.fresh_database("verification")) as room:
        others = [f"opd{number:02}" for number in range(1, many)]
        figures = {name: KNOWN[name] for name in FILLED[:many]}
        again = {name: replace(figure, served=1) for name, figure in figures.items()}
        await room.hear_of_cycle("dinkes", *others)
        for agency in ("dinkes", *others):
            await room.hear_handed_in(agency, "sri", figures=figures)
        await room.hear_taken_back("dinkes", "sri")
        await room.hear_handed_in("dinkes", "sri", 2, figures=again)
        for service in figures:
            said = {"service": service, "field": "served", "text": "Dari mana angka ini?"}
            await room.give("POST", f"/verifications/{case('dinkes')}/questions", "wulan", said)
        yield room


@asynccontextmanager
async def intake_with(postgres: PostgresPart, many: int) -> AsyncIterator[Room]:
    """So many agencies fill in; one of them has handed in so many services."""
    async with intake_room(postgres.fresh_database("intake")) as room:
        await to_step_7(room)
        mine = next(one for one in data.agencies() if one.id == "dinkes").assigned[:many]
        for entry in mine:
            path = f"/submissions/{CYCLE}-dinkes-tahunan/figures/{entry.service}"
            await room.give("PUT", path, OFFICERS["dinkes"], figure_body(entry.service))
        for number in range(3, many):
            agency, name = f"opd{number:02}", f"Dinas Contoh Nomor {number}"
            said = {"short_name": name, "by": "bagus", "occurred_on": NOW.date()}
            await room.order(f"agency-{agency}", RegisterAgency(agency=agency, name=name, **said))
            await open_submission(room.running.handler, CYCLE, agency, name, tuple(FILLED[:3]))
        await room.follow_up()
        yield room


Filled = Callable[[PostgresPart, int], AbstractAsyncContextManager[Room]]


async def questions(room: Room, persons: Sequence[str], *, pages: bool) -> Mapping[str, Sequence[str]]:
    """What every page, or every question of a program, asks, for the first of the persons who is answered;
    the second time, so that nothing is in it that a process asks once.
    """
    found: dict[str, Sequence[str]] = {}
    async with visiting(room.app) as browser:
        for door in doors(room.running.room.name, room.app):
            wanted = door.verb == "GET" and door.path.startswith("/api/") != pages
            for person in persons if wanted else ():
                await asked_by(browser, door, person)
                answered, asked = await asked_by(browser, door, person)
                if answered:
                    found[door.path] = asked
                    break
    return found


async def asked_by(browser: Browser, door: Door, person: str) -> tuple[bool, Sequence[str]]:
    """Whether there is an answer, and what it asked."""
    asked = list[str]()
    before = _ASKED.set(asked)
    try:
        answer = await browser.http.get(door.path, params=door.query, headers=bearer(person))
    finally:
        _ASKED.reset(before)
    return answer.status_code == 200, asked


WITH: Mapping[str, tuple[Filled, Sequence[str]]] = {
    "verification": (verification_with, ("wulan", "budi", "sri", "op")),
    "intake": (intake_with, ("tari", "hesti", OFFICERS["dinkes"])),
}


@pytest.mark.parametrize(
    "pages", [pytest.param(True, id="pages"), pytest.param(False, id="json", marks=pytest.mark.test_all)]
)
@pytest.mark.parametrize("service", WITH)
async def test_more_rows_are_no_more_questions(postgres: PostgresPart, service: str, *, pages: bool) -> None:
    filled, persons = WITH[service]
    async with filled(postgres, FEW) as room:
        few = await questions(room, persons, pages=pages)
    async with filled(postgres, MANY) as room:
        many = await questions(room, persons, pages=pages)
    assert few.keys() == many.keys()
    assert len(few) >= LEAST
    more = {
        path: (Counter(asked) - Counter(few[path])).most_common(1)
        for path, asked in many.items()
        if len(asked) > len(few[path])
    }
    assert more == {}
