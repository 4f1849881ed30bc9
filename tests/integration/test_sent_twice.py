"""Whatever is sent twice takes effect once: every API route and every form that gives a command,
through a whole cycle of the four services.

A program's request is repeated under its key on the next day and gets the same answer; under the same key
another person gets none of it. A person's form is sent after the session's end, comes back, goes through
signing in, is sent again, and once more on the next day. The tables are the routes themselves.
"""

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import uuid4

import httpx2
import psycopg
import pytest

from services.intake.domain.account_commands import ActivateAccount, InviteAccount
from services.intake.domain.entering.login import RequestLogin
from services.intake.domain.people_commands import RegisterPerson
from shared.access.people import ROLES, People
from shared.access.session import digest_of
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Actor
from shared.messaging.envelope import Received
from shared.objects.address import S3Address
from shared.objects.s3 import connect
from shared.objects.s3_client import ensure_buckets
from shared.service_names import SERVICES
from shared.telemetry.tracing import id_of
from tests.architecture.test_roles_table import IN_AND_OUT, SAFE, declarations, routes
from tests.integration.sent_twice_acts import LOGIN, MEMBER, Act, cycle
from tests.support import access
from tests.support.access import fresh_token
from tests.support.applications import NOW, PEOPLE, bearer, person_as
from tests.support.forms import Form, posted
from tests.support.four_rooms import FourRooms, four_rooms
from tests.support.parts import ObjectStorePart, PostgresPart

PDF = b"%PDF-1.7 "
GIVEN = re.compile(r'<input type="hidden" name="isian" value="([^"]*)">')
TWIN = "kembar_"
"""Before a role: somebody else in the same office."""
TWINS = {
    f"{TWIN}{role}": replace(PEOPLE.persons[person_as(role)], id=f"{TWIN}{role}", name=f"Kembar {role}")
    for role in ROLES
}
MEMBERS = {MEMBER: replace(TWINS[f"{TWIN}unsur_opd"], id=MEMBER, name="Yoga Pratama")}
NO_COMMAND = {
    "/parked/retry": "asks the consumer to look again",
    "/parked/dismiss": "puts an alarm away",
    "/unpublished/retry": "asks the relay to look again",
    "/macet": "the same three as a page",
    "/files": "an upload: the same bytes are the same file",
    "/import/look": "shows what would change",
    "/invitation": "each link is shown once: test_local_accounts",
    "/undangan": "the same as a page",
    "/recovery/approval": "as an invitation, for the second of two officials",
    "/persetujuan": "the same as a page",
    "/tokens": "each secret is shown once: test_tokens_in_a_cycle",
    "/token": "the same as a page",
    "/sessions/of/": "ends sessions, which are no events: test_own_sessions",
    "/sesi/": "the same as a page",
    "/pegawai/impor": "the same as a page, and what follows from it: test_people_pages",
    "/aturan/penduduk/": "a sheet that is looked over, and what follows from it: test_rules_pages",
}


@cache
def commands(*, pages: bool) -> frozenset[tuple[str, str]]:
    """Method and pattern of every route that gives a command, of the API or of pages."""
    found = set()
    for service in SERVICES:
        for route in routes(service):
            if route.methods <= SAFE or route.path in IN_AND_OUT or declarations(route)[0].kind != "command":
                continue
            if route.path.startswith("/api/") != pages and not any(part in route.path for part in NO_COMMAND):
                found |= {(method, route.path) for method in route.methods}
    return frozenset(found)


@dataclass
class Twice:
    """The four services, and what was asked of them so far."""

    rooms: FourRooms
    asked: set[tuple[str, str]] = field(default_factory=set)

    async def ask(self, role: str, path: str) -> Any:
        async with self.rooms.browser() as http:
            answer = await http.get(path, headers=bearer(f"as_{role}"))
        assert answer.status_code == 200, f"{path} as {role}: {answer.status_code} {answer.text[:300]}"
        return answer.json()

    async def events(self) -> int:
        """How many there are, once everything that follows has followed."""
        await self.rooms.settle()
        return await self.count()

    async def count(self) -> int:
        """How many there are now."""
        total = 0
        for service in SERVICES:
            async with self.rooms.running(service).pool.connection() as conn:
                row = await (await conn.execute(b"SELECT count(*) FROM event")).fetchone()
                total += row[0] if row else 0
        return total

    def tomorrow(self, days: int) -> None:
        for app in self.rooms.apps.values():
            app.state.clock = app.state.running.handler.clock = lambda: NOW + timedelta(days=days)

    def note(self, method: str, path: str, known: frozenset[tuple[str, str]]) -> None:
        """Which route it was."""
        plain = path.partition("?")[0]
        self.asked |= {
            one
            for one in known
            if one[0] == method and re.fullmatch(re.sub(r"{\w+}", "[^/]+", one[1]), plain)
        }


async def as_a_program(twice: Twice, act: Act, number: int) -> None:
    headers = {**bearer(f"as_{act.role}"), "Idempotency-Key": f"act {number}"}
    async with twice.rooms.browser() as http:
        body = {**act.body, **act.naming([await upload(http, act, name) for name in act.files.values()])}
        before = await twice.count()
        first = await http.request(act.method, act.path, json=body, headers=headers)
        assert first.status_code < 300, f"{act.path}: {first.status_code} {first.text}"
        once = await twice.events()
        assert once > before, f"{act.path} had no effect"
        twice.tomorrow(1)
        again = await http.request(act.method, act.path, json=dict(reversed(body.items())), headers=headers)
        assert (again.status_code, again.json()) == (first.status_code, first.json()), (
            f"{act.path}: {again.text}"
        )
        assert again.headers["ETag"] == first.headers["ETag"], act.path
        assert await twice.count() == once, act.path
        twice.tomorrow(0)
        other = await http.request(
            act.method, act.path, json=body, headers=headers | bearer(f"{TWIN}{act.role}")
        )
        assert not named(first) & named(other), (
            f"{act.path}: a key of one person tells another what came of it"
        )
        await twice.rooms.settle()
    twice.note(act.method, act.path, commands(pages=False))


def named(answer: httpx2.Response) -> set[str]:
    """The events that an answer names."""
    return {event["id"] for event in answer.json().get("events", ())}


async def upload(http: httpx2.AsyncClient, act: Act, name: str) -> dict[str, str]:
    service = act.path.split("/")[2]
    headers = {**bearer(f"as_{act.role}"), "Content-Type": "application/pdf"}
    answer = await http.post(
        f"/api/{service}/files", params={"name": name}, content=PDF + name.encode(), headers=headers
    )
    assert answer.status_code == 201, answer.text
    return {"digest": answer.json()["digest"], "name": name}


def end(twice: Twice, session: str) -> None:
    with psycopg.connect(access.database().apps["intake"], autocommit=True) as conn:
        conn.execute("SELECT end_session(%s)", (digest_of(session),))
    for app in twice.rooms.apps.values():
        app.state.running.sessions._known.clear()  # its second is over


async def as_a_person(twice: Twice, act: Act, _number: int) -> None:
    person, session = f"as_{act.role}", fresh_token(f"as_{act.role}")
    async with twice.rooms.browser(session) as http:
        page = await http.get(act.page)
        assert page.status_code == 200, f"{act.page}: {page.status_code} {page.text[:300]}"
        form = form_for(page.text, act.form)
        end(twice, session)
        before = await twice.count()
        refused = await http.post(form.action, **sent(form.filled(dict(act.typed)), act))
        assert refused.status_code == 401, f"{form.action}: {refused.status_code}"
        assert await twice.count() == before
        carried = GIVEN.search(refused.text)
        assert carried, form.action
        entered = await http.post("/masuk", data={"person": person, "isian": html.unescape(carried[1])})
        assert entered.status_code == 200, f"{form.action}: {entered.status_code} {entered.text[:300]}"
        back = form_for(entered.text, form.action.partition("?")[0])
        assert back.action == form.action
        assert set(back.files) == {name.strip() for name in act.files}, (
            "whoever chose files chooses them again"
        )
        taken = await http.post(back.action, **sent(back.filled({}), act))
        assert taken.status_code == 303, f"{form.action}: {taken.status_code} {said(taken.text)}"
        once = await twice.events()
        assert once > before, f"{form.action} had no effect"
        twice.tomorrow(1)
        again = await http.post(back.action, **sent(back.filled({}), act))
        assert (again.status_code, again.headers.get("location")) == (303, taken.headers["location"]), (
            f"{form.action}: {said(again.text)}"
        )
        assert await twice.count() == once, f"{form.action} took effect twice"
        twice.tomorrow(0)
    twice.note("POST", form.action, commands(pages=True))


def form_for(page: str, path: str) -> Form:
    """The form that this page posts to an address (without its query), by itself or by a button."""
    forms = posted(page)
    for form in forms:
        if form.action.partition("?")[0] == path:
            return form
    raise AssertionError(f"no form goes to {path}, only to {[form.action for form in forms]}")


def sent(fields: list[tuple[str, str]], act: Act) -> dict[str, Any]:
    """A form as a browser sends it, with the files that were chosen."""
    values: dict[str, list[str]] = {}
    for name, value in fields:
        values.setdefault(name, []).append(value)
    files = [
        (field.strip(), (name, PDF + name.encode(), "application/pdf")) for field, name in act.files.items()
    ]
    return {"data": values, **({"files": files} if files else {})}


def said(page: str) -> str:
    """What a page says is wrong."""
    main = page[page.find("<main") :]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())[:600]


def untraced(log: Sequence[Received]) -> list[str]:
    """Events whose trace is not that of the event that caused them, or that have none."""
    traces = {event.ref: id_of(event.recorded().metadata.traceparent) for event in log}
    return [
        str(event.ref)
        for event in log
        if not traces[event.ref] or traces[event.causation or event.ref] != traces[event.ref]
    ]


async def known_before(rooms: FourRooms) -> None:
    """What others than officials do first: a member sets a password, somebody signs in at a provider."""
    day, who = NOW.date(), Actor.system("intake")
    asked: dict[str, Any] = {"issuer": "https://masuk.example.go.id", "nip": "", "email": "", "name": "Yoga"}
    member: dict[str, Any] = {"person": MEMBER, "occurred_on": day}
    known: dict[str, Any] = {"region": "3402", "name": "Yoga", "nip": "", "rank": "", "qualification": ""}
    commands: list[tuple[str, object]] = [
        ("people-3402", RegisterPerson(**member, **known, agency="dinkes", by="jejak:intake")),
        (f"account-{MEMBER}", InviteAccount(terminal=True, by="jejak:intake", **member)),
        (f"account-{MEMBER}", ActivateAccount(invitation=1, **member)),
        (f"login-{LOGIN}", RequestLogin(login=LOGIN, occurred_on=day, **asked)),
    ]
    for stream, command in commands:
        order = Order(stream=stream, command=command, case_id="settings")
        begun = f"00-{uuid4().hex}-{uuid4().hex[:16]}-01"
        await rooms.running("intake").handler.handle(order, actor=who, command_id=uuid4(), traceparent=begun)
    await rooms.settle()


@pytest.mark.parametrize("voice", [as_a_program, as_a_person])
async def test_what_is_sent_twice_takes_effect_once(
    postgres: PostgresPart, object_store: ObjectStorePart, voice: Callable[[Twice, Act, int], Any]
) -> None:
    address = S3Address.from_url(object_store.url)
    names = {
        "work": f"work-{voice.__name__.replace('_', '-')}",
        "archive": f"archive-{voice.__name__.replace('_', '-')}",
    }
    await ensure_buckets(address, **names)
    async with four_rooms(postgres.fresh_database) as rooms:
        people = People({**PEOPLE.persons, **TWINS, **MEMBERS}, PEOPLE.agencies)
        for app in rooms.apps.values():
            app.state.running.roster.now = lambda: people
            objects = connect(address, **names)
            app.state.objects.work, app.state.objects.archive = objects.work, objects.archive
        await known_before(rooms)
        twice, number = Twice(rooms), 0
        async for act in cycle(twice.ask):
            number += 1
            await voice(twice, act, number)
    assert untraced(rooms.log) == [], (
        "what follows from an event belongs to its trace, from the form to the archive"
    )
    assert twice.asked == commands(pages=voice is as_a_person), (
        "each route in a state in which it takes effect: say it in sent_twice_acts"
    )
