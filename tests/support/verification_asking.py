"""Asking verification over HTTP as a person, by program; afterwards what follows from it has happened."""

from httpx2 import Response

from tests.support.verification_room import VerificationRoom, case
from tests.support.web_room import bearer, visiting

API = "/api/verification"


async def ask(room: VerificationRoom, person: str, path: str, **headers: str) -> Response:
    async with visiting(room.app) as http:
        return await http.http.get(f"{API}{path}", headers={**bearer(person), **headers})


async def tell(
    room: VerificationRoom, person: str, path: str, body: dict[str, object], **headers: str
) -> Response:
    async with visiting(room.app) as http:
        answer = await http.http.post(f"{API}{path}", json=body, headers={**bearer(person), **headers})
    await room.follow_up()
    return answer


async def approve(
    room: VerificationRoom, agency: str, digest: str, person: str = "wulan", **headers: str
) -> Response:
    return await tell(
        room,
        person,
        f"/verifications/{case(agency)}/approval",
        {"digest": digest, "occurred_on": "2026-02-16"},
        **headers,
    )
