"""No command of any service is taken for a case, or for anything in it, that does not exist.

In process, on real PostgreSQL. Nothing here names a route: what is added later is tried too.
"""

import re
from collections.abc import Iterator

from fastapi import FastAPI

from tests.integration.test_hostile_requests import _filled
from tests.support.applications import visiting
from tests.support.doors import Door
from tests.support.events import CYCLE


async def test_no_command_is_taken_for_a_case_that_does_not_exist(house: tuple[FastAPI, list[Door]]) -> None:
    app, every = house
    before = await _events(app)
    async with visiting(app) as browser:
        for door in every:
            if CYCLE in door.path and door.verb not in {"GET", "HEAD"}:
                path = door.path.replace(CYCLE, "3402-2025")
                answer = await browser.http.request(
                    door.verb, path, params=door.query, headers=door.headers, json=door.body
                )
                refused = range(400, 500) if door.path.startswith("/api/") else range(300, 500)
                assert answer.status_code in refused, f"{door.name}: {answer.status_code} {answer.text[:300]}"
        for door in every:
            for path in _to_nothing(door):
                answer = await browser.http.request(
                    door.verb, path, params=door.query, headers=door.headers, json=door.body
                )
                nothing_to_do = (
                    answer.status_code == 200
                    and door.path.startswith("/api/")
                    and not any(answer.json().get(name) for name in ("events", "ended"))
                )
                refused = range(400, 500) if door.path.startswith("/api/") else range(300, 500)
                assert nothing_to_do or answer.status_code in refused, (
                    f"{door.name} at {path}: {answer.status_code} {answer.text[:300]}"
                )
        if app.state.name == "archive":
            said = {"location": "Rak 3", "copies": "2", "occurred_on": "2026-02-17"}
            headers = next(door.headers for door in every if door.route.path.endswith("/naskah-asli"))
            answer = await browser.http.post("/arsip/3402-2025/naskah-asli", data=said, headers=headers)
            assert answer.status_code in {404, 422}, answer.text
            body = {"location": "Rak 3", "copies": 2}
            answer = await browser.http.post(
                "/api/archive/cycles/3402-2025/hard-copy", json=body, headers=headers
            )
            assert (answer.status_code, answer.json()["type"]) == (422, "urn:jejak:problem:case-unknown")
    assert await _events(app) == before


NOTHING = {
    "agency": "dinas_yang_tak_ada", "case": f"{CYCLE}-dinas_yang_tak_ada-tahunan", "service": "kes.tak_ada",
    "number": "14", "step": "tak_ada", "item": "tak_ada",
    "kind": "tak_ada", "recipient": "tak_ada", "digest": "e" * 64, "person": "tak_ada", "office": "77",
    "login": "e" * 64, "whose": "tak_ada", "token": "3402-tak_ada",
    "session": "00000000-0000-4000-8000-000000000000",
    "provider": "tak-ada",
}  # fmt: skip
"""What no case holds, by the name of the path's parameter."""


BEGINS = {("PUT", "/api/intake/agencies/{agency}"), ("PUT", "/api/intake/people/{person}")}
"""Routes that make what they name."""


def _to_nothing(door: Door) -> Iterator[str]:
    """The paths of a command with one part that does not exist."""
    if door.verb not in {"GET", "HEAD"} and (door.verb, door.route.path) not in BEGINS:
        for parameter in re.findall(r"{(\w+)", door.route.path):
            if parameter != "cycle":
                yield _filled(door, parameter, NOTHING[parameter])


async def _events(app: FastAPI) -> int:
    async with app.state.running.pool.connection() as conn:
        found = await (await conn.execute("SELECT count(*) FROM event")).fetchone()
    return int(found[0])
