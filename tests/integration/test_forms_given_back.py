"""No form that cannot be taken loses what was typed: every page route of every service that takes a form,
generated from the routes.

Without a script. A new route needs no line here, unless its path has a
parameter that the endpoint matrix does not know.
"""

import html
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx2
import psycopg
import pytest
from fastapi import FastAPI
from fastapi.routing import RouteContext

from shared.access.session import COOKIE, Sessions, digest_of
from shared.web import signin
from shared.web.app import create_app
from tests.architecture.test_endpoint_matrix import TABLE, app, database, path_of, service
from tests.architecture.test_roles_table import IN_AND_OUT, SAFE, declarations, routes
from tests.support import access
from tests.support.access import IDLE, LONGEST, fresh_token, sessions_of, token_of
from tests.support.applications import HERE, person_as

__all__ = ["app", "database", "service"]

MARK = "Alasan panjang <yang> diketik & tidak boleh hilang"
SECRET = "kata-sandi-saya"
GIVEN = re.compile(r'<input type="hidden" name="isian" value="([^"]*)">')
KEY = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


def ended_token(person: str) -> str:
    """A session that this person had."""
    session_id = fresh_token(person)
    with psycopg.connect(access.database().apps["intake"], autocommit=True) as conn:
        conn.execute("SELECT end_session(%s)", (digest_of(session_id),))
    return session_id


def forms(service: str) -> Iterator[tuple[RouteContext, str]]:
    """Every route that takes a form, with somebody who may send it."""
    for route in routes(service):
        if route.methods <= SAFE or route.path.startswith("/api/") or route.path in IN_AND_OUT:
            continue
        (declaration,) = declarations(route)
        roles = [role for name in declaration.names for role in TABLE.commands[name]]
        yield route, person_as(roles[0])


@asynccontextmanager
async def browser(app: FastAPI, session: str = "") -> AsyncIterator[httpx2.AsyncClient]:
    """A browser in front of the service, and of the pages for signing in,
    which the front door brings under the same address.
    """
    door = create_app("door", routers=[signin.api, signin.pages])
    door.state.clock = app.state.clock

    async def both(scope: dict, receive: object, send: object) -> None:
        ours = scope["path"].startswith(("/masuk", "/keluar")) or scope["path"] == "/api/intake/session"
        await (door if ours else app)(scope, receive, send)

    cookies = {COOKIE: session} if session else {}
    transport = httpx2.ASGITransport(both)
    async with (
        sessions_of("intake") as sessions,
        httpx2.AsyncClient(transport=transport, base_url=HERE, cookies=cookies) as http,
    ):
        door.state.running = replace(app.state.running, sessions=sessions)
        yield http


def typed(person: str, page: str, **more: str) -> dict[str, str]:
    return {
        "_csrf": "0" * 64,
        "_by": person,
        "_page": page,
        "_command": "c" * 32,
        "reason": MARK,
        "password": SECRET,
        **more,
    }


def where(route: RouteContext) -> str:
    """The address of the form, with a query that must not get lost."""
    return f"{path_of(route, 'dinkes')}?urusan=kesehatan&q=a%20b"


async def test_after_the_sessions_end_it_is_on_the_answer_and_goes_through_signing_in(
    service: str, app: FastAPI
) -> None:
    for number, (route, person) in enumerate(forms(service)):
        session = ("", ended_token(person), "kue aneh")[number % 3]
        async with browser(app, session) as http:
            refused = await http.post(where(route), data=typed(person, "/halaman?urusan=kesehatan"))
            assert refused.status_code == 401, route.path
            assert html.escape(MARK, quote=False) in refused.text, route.path
            assert "<dt>Alasan</dt>" in refused.text, (
                f"{route.path}: by the word of the form, not by its name"
            )
            assert SECRET not in refused.text
            carried = GIVEN.search(refused.text)
            assert carried, route.path
            sent = json.loads(html.unescape(carried[1]))
            assert (sent["action"], sent["page"]) == (where(route), "/halaman?urusan=kesehatan"), route.path
            entered = await http.post(
                "/masuk", data={"person": person, "ke": "/", "isian": html.unescape(carried[1])}
            )
            assert (entered.status_code, MARK in html.unescape(entered.text)) == (200, True), route.path
            assert "<dt>Alasan</dt>" in entered.text, route.path
            form = entered.text[entered.text.index("data-given-back") :]
            fields = {
                name: html.unescape(value) for name, value in KEY.findall(form[: form.index("</form>")])
            }
            assert (fields["reason"], fields["_command"]) == (MARK, "c" * 32)
            taken = await http.post(where(route), data=fields)
            assert taken.status_code < 500, f"{route.path}: {taken.status_code}"
            assert taken.status_code not in {401, 403}, (
                f"{route.path}: {taken.status_code} {taken.text[:200]}"
            )


async def test_a_form_of_an_older_session_of_the_same_person_is_sent_with_one_more_button(
    service: str, app: FastAPI
) -> None:
    for route, person in forms(service):
        async with browser(app, token_of(person)) as http:
            refused = await http.post(where(route), data=typed(person, "/halaman"))
            assert (refused.status_code, MARK in html.unescape(refused.text)) == (403, True), route.path
            form = refused.text[refused.text.index("data-given-back") :]
            fields = {
                name: html.unescape(value) for name, value in KEY.findall(form[: form.index("</form>")])
            }
            taken = await http.post(where(route), data=fields)
            assert taken.status_code not in {401, 403}, f"{route.path}: {taken.status_code}"


async def test_somebody_else_gets_neither_the_text_nor_a_button_to_send_it(
    service: str, app: FastAPI
) -> None:
    for route, person in forms(service):
        other = person_as("inspektur")
        async with browser(app, fresh_token(other)) as http:
            refused = await http.post(where(route), data=typed(person, "/halaman"))
            shown = GIVEN.sub("", refused.text)
            assert (refused.status_code, MARK in html.unescape(shown), "data-given-back" in shown) == (
                403,
                False,
                False,
            ), route.path
            carried = GIVEN.search(refused.text)
            assert carried
            keys = {
                name: html.unescape(value)
                for name, value in KEY.findall(refused.text[refused.text.index('action="/masuk"') :])
            }
            entered = await http.post(
                "/masuk", data={**keys, "person": other, "isian": html.unescape(carried[1])}
            )
            assert (entered.status_code, entered.headers["location"]) == (303, "/halaman")


async def test_a_form_that_one_typed_is_no_act_of_another(service: str, app: FastAPI) -> None:
    """A window of one person, sent when another one is signed in,
    with all that the other one's session asks of a form.
    """
    for route, person in forms(service):
        other, session = "as_inspektur" if person != "as_inspektur" else "as_kabag", fresh_token(person)
        async with browser(app, session) as http:
            token = (await http.get("/api/intake/session")).json()["form_token"]
            refused = await http.post(where(route), data=typed(other, "/halaman") | {"_csrf": token})
            shown = GIVEN.sub("", refused.text)
            assert (refused.status_code, MARK in html.unescape(shown), "data-given-back" in shown) == (
                403,
                False,
                False,
            ), route.path
            assert GIVEN.search(refused.text), f"{route.path}: who typed it signs in and gets it back"
            own = await http.post(where(route), data=typed(person, "/halaman") | {"_csrf": token})
            assert own.status_code not in {401, 403}, f"{route.path}: {own.status_code}"


async def test_a_field_that_cannot_be_read_is_named_by_its_word(service: str, app: FastAPI) -> None:
    (route, person), *_ = forms(service)
    async with browser(app, fresh_token(person)) as http:
        refused = await http.post(where(route), data=typed(person, "/halaman") | {"reason": "a\0b"})
    assert (refused.status_code, "<strong>Alasan</strong>" in refused.text) == (422, True), refused.text[
        -2000:
    ]


async def test_while_nobody_can_tell_who_it_is_it_is_given_back_to_be_sent_later(
    service: str, app: FastAPI
) -> None:
    app.state.running.sessions = Sessions(
        "postgresql://nobody:x@127.0.0.1:9/none?connect_timeout=1", idle=IDLE, longest=LONGEST, patience=0.3
    )
    await app.state.running.sessions.open()
    (route, person), *_ = forms(service)
    try:
        async with browser(app, token_of(person)) as http:
            away = await http.post(where(route), data=typed(person, "/halaman"))
            page = await http.get("/" if service == "intake" else where(route))
            program = await http.get(f"/api/{service}/parked")
    finally:
        await app.state.running.sessions.close()
    assert (away.status_code, away.headers["retry-after"], MARK in html.unescape(away.text)) == (
        503,
        "5",
        True,
    )
    assert "data-given-back" in away.text
    assert (page.status_code, program.status_code, program.json()["type"]) == (
        503,
        503,
        "urn:jejak:problem:access-away",
    )


@pytest.mark.parametrize(
    "headers", [{"Accept": "application/json"}, {"HX-Request": "true"}, {"Sec-Fetch-Dest": "empty"}]
)
async def test_a_program_is_told_401_and_never_sent_elsewhere(
    service: str, app: FastAPI, headers: dict[str, str]
) -> None:
    async with browser(app, ended_token("as_kabag")) as http:
        for route in routes(service):
            if declarations(route)[0].kind != "public":
                for method in route.methods - {"HEAD"}:
                    answer = await http.request(method, path_of(route, "dinkes"), headers=headers)
                    assert answer.status_code == 401, f"{method} {route.path}: {answer.status_code}"
                    assert answer.headers["content-type"] == "application/problem+json", route.path


async def test_a_page_sends_to_signing_in_and_remembers_the_whole_address(service: str, app: FastAPI) -> None:
    async with browser(app, ended_token("as_kabag")) as http:
        for route in routes(service):
            if (
                "GET" in route.methods
                and declarations(route)[0].kind != "public"
                and not route.path.startswith("/api/")
            ):
                asked = where(route)
                answer = await http.get(asked)
                assert answer.status_code == 303, route.path
                assert httpx2.URL(answer.headers["location"]).params["ke"] == asked, route.path
