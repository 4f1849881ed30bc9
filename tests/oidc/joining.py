"""What a test asks of intake around signing in: who is joined, who is signed in, what happened."""

from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI

from shared.access.oidc.tokens import login_of
from tests.oidc.issuer import Issuer, signed_in
from tests.support.applications import Browser, bearer, visiting


def at_office(app: FastAPI, by: str) -> dict[str, str]:
    """Somebody else's way in: a token, at whatever address this installation has."""
    return {**bearer(by), "Host": urlsplit(app.state.running.settings.public_url).netloc}


def login(issuer: Issuer, subject: str = "f:4711:sri") -> str:
    return login_of(issuer.address, subject)


async def join(app: FastAPI, name: str, person: str = "sri", by: str = "hesti") -> Any:
    async with visiting(app) as office:
        return await office.http.post(
            f"/api/intake/logins/{name}/join", json={"person": person}, headers=at_office(app, by)
        )


async def part(app: FastAPI, name: str, by: str = "hesti") -> Any:
    async with visiting(app) as office:
        return await office.http.post(
            f"/api/intake/logins/{name}/part", json={"reason": "Pindah."}, headers=at_office(app, by)
        )


async def logins(app: FastAPI, by: str = "hesti") -> list[dict[str, Any]]:
    async with visiting(app) as office:
        found: list[dict[str, Any]] = (
            await office.http.get("/api/intake/logins", headers=at_office(app, by))
        ).json()
    return found


async def who(browser: Browser) -> str:
    """Who is signed in in this browser; nobody is empty."""
    answer = await browser.http.get("/api/intake/session")
    return str(answer.json()["person"]) if answer.status_code == 200 else ""


async def events(app: FastAPI) -> list[tuple[str, str]]:
    """What happened since the people were there, as (type, content)."""
    asked = (
        "SELECT type, data::text FROM event WHERE data->>'by' IS DISTINCT FROM 'jejak:seed' ORDER BY position"
    )
    async with app.state.running.pool.connection() as conn:
        rows = await (await conn.execute(asked)).fetchall()
    return [(str(kind), str(data)) for kind, data in rows]


async def joined(app: FastAPI, issuer: Issuer, person: str = "sri") -> None:
    """Somebody signed in once, and an official said who it is."""
    async with visiting(app) as browser:
        assert (await signed_in(browser, issuer)).status_code == 403
    assert (await join(app, login(issuer), person)).status_code == 200
