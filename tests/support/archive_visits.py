"""What programs say to a served archive: questions, filings, the closing."""

from httpx2 import Response

from tests.support.archive_room import CYCLE, Served
from tests.support.archive_story import ITEMS
from tests.support.web_room import bearer, visiting

API = "/api/archive"


async def ask(archive: Served, person: str, path: str, **headers: str) -> Response:
    async with visiting(archive.app) as browser:
        return await browser.http.get(f"{API}{path}", headers={**bearer(person), **headers})


async def tell(
    archive: Served, path: str, body: dict[str, object], person: str = "tri", **headers: str
) -> Response:
    async with visiting(archive.app) as browser:
        return await browser.http.post(f"{API}{path}", json=body, headers={**bearer(person), **headers})


async def file_all(archive: Served) -> None:
    for item in ITEMS:
        answer = await tell(archive, f"/cycles/{CYCLE}/items/{item}/file", {"occurred_on": "2027-03-12"})
        assert answer.status_code == 200, answer.text
    answer = await tell(
        archive, f"/cycles/{CYCLE}/hard-copy", {"location": "Rak 3", "copies": 2, "occurred_on": "2027-03-12"}
    )
    assert answer.status_code == 200, answer.text


async def close(archive: Served, **headers: str) -> Response:
    return await tell(archive, f"/cycles/{CYCLE}/close", {"occurred_on": "2027-03-12"}, **headers)
