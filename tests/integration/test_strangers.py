"""Two strangers, two signed-in persons and a program in turn through the real front door,
over every page and question of all four services.

Nobody without a credential is ever anybody, and nobody is ever somebody else:
before, while and after people are signed in. The table is made from the routes themselves.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import httpx2
import pytest
import structlog

from shared.access import people as people_file
from shared.access.session import COOKIE
from shared.service_names import SERVICES
from tests.architecture.test_endpoint_matrix import path_of, scopes
from tests.architecture.test_roles_table import SAFE, declarations, routes
from tests.support.applications import application, fill
from tests.support.events import CONTENT
from tests.support.front_door import Door, front_door, serving
from tests.support.parts import PostgresPart

OFFICER, HEAD = "Sri SATU-7391", "Budi DUA-8264"
PEOPLE = people_file.parse(
    {
        "agencies": {
            "dinkes": "Dinas Kesehatan",
            "dinsos": "Dinas Sosial",
            "tapem": "Bagian Tata Pemerintahan",
        },
        "person": [
            {
                "id": "satu",
                "name": OFFICER,
                "agency": "dinkes",
                "office": [{"role": "unsur_opd", "valid_from": date(2025, 1, 1)}],
            },
            {
                "id": "dua",
                "name": HEAD,
                "agency": "tapem",
                "office": [{"role": "kabag", "valid_from": date(2025, 1, 1)}],
            },
        ],
    },
    "3402",
)
LISTS_PEOPLE = "/masuk"  # the development login: choose a person
LISTS_ACCOUNTS = {"/api/intake/accounts", "/akun/lokal", "/token"}  # for whoever keeps the accounts
NOT_KEPT = {"no-store", "private, no-cache"}
"""What a browser is told of every answer: the next person at the same computer gets nothing out of its memory
without being asked who it is.
"""


@dataclass(frozen=True)
class Asked:
    """One GET route of a service with plausible parameters."""

    service: str
    path: str
    public: bool
    only_own_agency: bool

    @property
    def is_page(self) -> bool:
        return not self.path.startswith("/api/")


@dataclass
class Visitor:
    """A browser (cookie) or a program (token); `marks` are the words
    that only this person's answers may hold.
    """

    http: httpx2.Client
    person: str = ""
    name: str = ""
    opened: list[str] = field(default_factory=list)

    def ask(self, asked: Asked) -> httpx2.Response:
        return self.http.get(asked.path)

    def sign_in(self, person: str, name: str) -> None:
        answer = self.http.post("/masuk", data={"person": person})
        assert answer.status_code == 303, answer.text
        self.person, self.name = person, name

    def sign_out(self) -> str:
        """Answers the credential that was in use until now."""
        before = self.http.cookies[COOKIE]
        token = self.http.get("/api/intake/session").json()["form_token"]
        assert self.http.post("/keluar", data={"_csrf": token}).status_code == 303
        self.person = self.name = ""
        return str(before)


def table() -> list[Asked]:
    found = []
    for service in SERVICES:
        for route in routes(service):
            if route.methods <= SAFE:
                (declaration,) = declarations(route)
                own = declaration.kind in {"query", "command"} and scopes(route, "unsur_opd") == {
                    "own_agency"
                }
                found.append(Asked(service, path_of(route, "dinkes"), declaration.kind == "public", own))
    return found


TABLE = table()


@pytest.fixture(scope="module")
def door(postgres: PostgresPart) -> Iterator[Door]:
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer()], logger_factory=structlog.ReturnLoggerFactory()
    )
    databases = {name: postgres.fresh_database(f"door_{name}") for name in SERVICES}
    for name, database in databases.items():
        asyncio.run(fill(name, database))
    applications = {name: application(name, database, people=PEOPLE) for name, database in databases.items()}
    with serving(applications) as upstreams, front_door(upstreams) as found:
        yield found
    structlog.reset_defaults()


@pytest.fixture
def visitors(door: Door) -> Iterator[list[Visitor]]:
    found = [
        Visitor(httpx2.Client(base_url=door.address, timeout=60, follow_redirects=False)) for _ in range(5)
    ]
    yield found
    for visitor in found:
        visitor.http.close()


def check_stranger(asked: Asked, answer: httpx2.Response) -> None:
    where = f"{asked.path} to a stranger: {answer.status_code} {answer.text[:200]}"
    assert answer.headers["cache-control"] in NOT_KEPT, where
    if asked.path != LISTS_PEOPLE:
        assert OFFICER not in answer.text, where
        assert HEAD not in answer.text, where
    if asked.public:
        assert answer.status_code < 500, where
        return
    assert not [mark for mark in CONTENT if mark in answer.text], where
    if asked.is_page:
        assert (answer.status_code, answer.headers.get("location", "")[:7]) == (303, "/masuk?"), where
    else:
        assert answer.status_code == 401, where
    assert "set-cookie" not in answer.headers or COOKIE not in answer.headers["set-cookie"], where


def check_person(asked: Asked, visitor: Visitor, answer: httpx2.Response) -> None:
    where = f"{asked.path} to {visitor.person}: {answer.status_code}"
    assert answer.status_code < 500, where
    assert answer.headers["cache-control"] in NOT_KEPT, where
    other = HEAD if visitor.name == OFFICER else OFFICER
    if asked.path not in {LISTS_PEOPLE, *LISTS_ACCOUNTS}:
        assert other not in answer.text, where
    if visitor.name == OFFICER and asked.only_own_agency:
        assert not [mark for mark in CONTENT if mark in answer.text], where
    if (
        asked.is_page
        and answer.headers.get("content-type", "").startswith("text/html")
        and answer.status_code in {200, 403, 404}
    ):
        assert visitor.name in answer.text, where
        visitor.opened.append(asked.path)


def go_round(visitors: list[Visitor]) -> None:
    """Every route, each visitor in turn, so that each one's answer stands right after somebody else's."""
    for asked in TABLE:
        for visitor in visitors:
            answer = visitor.ask(asked)
            if visitor.person:
                check_person(asked, visitor, answer)
            else:
                check_stranger(asked, answer)


def test_strangers_stay_strangers_and_persons_themselves(visitors: list[Visitor]) -> None:
    one, officer, other, head, program = visitors
    go_round([one, other])
    officer.sign_in("satu", OFFICER)
    go_round([officer, one])
    head.sign_in("dua", HEAD)
    token = program.http.post("/api/intake/session", json={"person": "dua"}).json()["token"]
    program.http.headers["Authorization"] = f"Bearer {token}"
    program.person, program.name = "dua", HEAD
    go_round([officer, one, head, other, program])
    for visitor, person in ((officer, "satu"), (head, "dua"), (program, "dua")):
        assert visitor.http.get("/api/intake/session").json()["person"] == person
    services = {asked.service for asked in TABLE if asked.path in officer.opened}
    assert services == set(SERVICES), "pages of all four services were seen, so this test can fail"
    ended = officer.sign_out()
    # a stranger who found the cookie of a session that was ended
    one.http.headers["Cookie"] = f"{COOKIE}={ended}"
    go_round([officer, head, one])
    assert head.http.get("/api/intake/session").json()["person"] == "dua"
    head.sign_out()
    go_round([head, other])


def test_nobody_gets_another_persons_answer_when_all_ask_at_once(visitors: list[Visitor]) -> None:
    """The same answers over connections that the door shares between visitors, asked side by side."""
    one, officer, _, head, _ = visitors
    officer.sign_in("satu", OFFICER)
    head.sign_in("dua", HEAD)

    async def ask(client: httpx2.AsyncClient, expected: str) -> list[str]:
        found = [await client.get("/api/intake/session") for _ in range(40)]
        return [
            answer.json().get("person", "nobody")
            for answer in found
            if answer.json().get("person", "nobody") != expected
        ]

    async def side_by_side() -> list[list[str]]:
        cookies = [(dict(officer.http.cookies), "satu"), (dict(head.http.cookies), "dua"), ({}, "nobody")] * 3
        clients = [
            (httpx2.AsyncClient(base_url=one.http.base_url, cookies=jar, timeout=60), who)
            for jar, who in cookies
        ]
        found = await asyncio.gather(*(ask(client, who) for client, who in clients))
        for client, _ in clients:
            await client.aclose()
        return list(found)

    assert asyncio.run(side_by_side()) == [[]] * 9


ODD_COOKIES = (
    "a@b=1; a(b=2; =; ;;; a b=3; [x]=1; a",
    'jejak_posisi="; jejak_kabar=%00%FF%ED%A0%80; jejak_terima=.; jejak_bahasa=xx',
    "jejak_posisi=x:@-1; jejak_kabar=\u00ff; jejak_terima=\u00ff",
    "jejak_posisi=archive:x@999999999999; jejak_terima=" + "a." * 2000,
)


def test_cookies_that_another_program_left_on_this_host_change_no_answer(visitors: list[Visitor]) -> None:
    """Ports share cookies. Every route, with odd cookies beside the real one: the same answer as without."""
    _, officer, _, _, _ = visitors
    officer.sign_in("satu", OFFICER)
    real = f"{COOKIE}={officer.http.cookies[COOKIE]}"
    officer.http.cookies.clear()
    for asked in TABLE:
        expected = officer.http.get(asked.path, headers={"Cookie": real}).status_code
        for odd in ODD_COOKIES:
            answer = officer.http.get(asked.path, headers={"Cookie": f"{odd}; {real}".encode("latin-1")})
            assert answer.status_code == expected, (asked.path, odd[:60], answer.text[:200])
