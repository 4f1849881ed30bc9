"""What the door answers by itself, in Caddy's JSON: a service is away, a request was refused or unreadable.

Role: the words stand in `away.py`. Used by `config.py`, which puts these routes behind those to the services.
"""

from collections.abc import Mapping
from typing import Any

from deploy.front_door import away

Json = dict[str, Any]


def troubles(secured: Mapping[str, str]) -> list[Json]:
    """Answers of the door itself: away, refused, unreadable."""
    headers = {**secured, "Cache-Control": "no-store"}
    own = {"handler": "headers", "response": {"set": values(headers), "delete": ["Server", "Via"]}}
    later = {"handler": "headers", "response": {"set": {"Retry-After": [str(away.RETRY_AFTER_S)]}}}
    gone = {"expression": "{http.error.status_code} in [502, 503, 504]"}
    asked = {**_by_a_person(), **gone, "method": ["GET", "HEAD"]}
    sent = {**_by_a_person(), **gone}
    away_json = away.problem(away.AWAY, service=True)
    found: list[Json] = [
        {"handle": [own]},
        {"match": [asked], "handle": [later, says(503, away.page_after_get())], "terminal": True},
        {"match": [sent], "handle": [later, says(503, away.page_after_form())], "terminal": True},
        {
            "match": [gone],
            "handle": [later, says(503, away_json, "application/problem+json")],
            "terminal": True,
        },
    ]
    for trouble in away.TROUBLES:
        this = {"expression": f"{{http.error.status_code}} == {trouble.status}"}
        page, problem = (
            says(trouble.status, away.page(trouble)),
            says(trouble.status, away.problem(trouble), "application/problem+json"),
        )
        found.append({"match": [{**_by_a_person(), **this}], "handle": [page], "terminal": True})
        found.append({"match": [this], "handle": [problem], "terminal": True})
    rest = away.problem(away.OTHER, status=away.STATUS)
    found.append({"handle": [says(away.STATUS, rest, "application/problem+json")], "terminal": True})
    return found


def _by_a_person() -> Json:
    """A browser that opens a page: not a program, not a part of a page that asks in the background."""
    no = [{"path": ["/api/*"]}, {"header": {"Hx-Request": ["*"]}}, {"header": {"Sec-Fetch-Dest": ["empty"]}}]
    return {"header": {"Accept": ["*text/html*"]}, "not": no}


def says(status: int | str, body: str, media_type: str = "text/html; charset=utf-8") -> Json:
    return {
        "handler": "static_response",
        "status_code": status,
        "headers": {"Content-Type": [media_type]},
        "body": body,
    }


def values(headers: Mapping[str, str]) -> dict[str, list[str]]:
    return {name: [value] for name, value in headers.items()}
