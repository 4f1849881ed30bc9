"""Who somebody at a provider is here: joined by an official who looked, parted again; through HTTP, on a real
database.
"""

from typing import Any

import pytest
from fastapi import FastAPI

from tests.oidc.issuer import HERE, Issuer, begun, come_back, signed_in
from tests.oidc.joining import join, joined, login, logins, part, who
from tests.support.applications import visiting


async def test_a_parted_login_opens_nothing_any_more_and_asks_again(app: FastAPI, issuer: Issuer) -> None:
    await joined(app, issuer)
    async with visiting(app) as browser:
        await signed_in(browser, issuer)
        assert await who(browser) == "sri"
        assert (await part(app, login(issuer))).status_code == 200
        assert await who(browser) == "", "what came in by it has ended"
        assert (await signed_in(browser, issuer)).status_code == 403
    (waiting,) = await logins(app)
    assert (waiting["waiting"], waiting["person"]) == (True, "")


async def test_who_was_parted_while_signing_in_is_not_in(
    app: FastAPI, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await joined(app, issuer)
    start, begins = app.state.running.sessions.start, []

    async def parted_first(*how: Any) -> Any:
        assert (await part(app, login(issuer))).status_code == 200
        begins.append(await start(*how))
        return begins[0]

    async with visiting(app) as browser:
        asked = await begun(browser)
        monkeypatch.setattr(app.state.running.sessions, "start", parted_first)
        assert (await come_back(browser, issuer, asked)).status_code == 400
    assert await app.state.running.sessions.find(begins[0].id) is None


async def test_the_same_subject_of_another_provider_is_somebody_else(app: FastAPI, issuer: Issuer) -> None:
    await joined(app, issuer)
    async with visiting(app) as browser:
        issuer.claims = {"sub": "f:4711:lain"}
        assert (await signed_in(browser, issuer)).status_code == 403
    assert len(await logins(app)) == 2


async def test_the_same_nip_is_suggested_and_nothing_else_is(app: FastAPI, issuer: Issuer) -> None:
    people = app.state.running.people
    async with visiting(app) as browser:
        await signed_in(browser, issuer)
    (row,) = await logins(app)
    assert row["suggested"] is None, "an address or a name is no proof"
    sri = people.persons["sri"]
    object.__setattr__(sri, "nip", "19850312 201001 2 003")
    (row,) = await logins(app)
    assert row["suggested"] == "sri"
    agus = people.persons["agus"]
    object.__setattr__(agus, "nip", "198503122010012003")
    (row,) = await logins(app)
    assert row["suggested"] is None, "two persons with one NIP are nobody's suggestion"
    object.__setattr__(agus, "nip", "1" * 18)
    assert (await join(app, login(issuer), "agus")).status_code == 422
    for person in (sri, agus):
        object.__setattr__(person, "nip", "")


async def test_nobody_joins_himself_or_somebody_unknown(app: FastAPI, issuer: Issuer) -> None:
    async with visiting(app) as browser:
        await signed_in(browser, issuer)
    own = await join(app, login(issuer), "hesti", by="hesti")
    assert (own.status_code, own.json()["type"].rpartition(":")[2]) == (422, "login-own")
    assert (await join(app, login(issuer), "nobody")).status_code == 422
    assert (await join(app, login(issuer), "sri", by="sri")).status_code == 403
    assert (await join(app, "0" * 64)).status_code == 404


async def test_who_joins_sees_what_he_joins(app: FastAPI, issuer: Issuer) -> None:
    """The provider says other things of somebody while an official still looks at what it said before."""
    async with visiting(app, "hesti") as office, visiting(app) as browser:
        await signed_in(browser, issuer)
        page = f"/akun/{login(issuer)}"
        seen = await office.fields(page)
        issuer.claims = {"name": "Orang Lain", "nip": "1" * 18}
        await signed_in(browser, issuer)
        answer = await office.post(f"{page}/hubungkan", {**seen, "person": "sri"}, Origin=HERE)
        assert answer.status_code == 422
        assert "berubah sejak Anda melihatnya" in answer.text
        again = await office.send(page, f"{page}/hubungkan", person="sri")
        assert again.status_code == 303
