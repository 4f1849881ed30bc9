"""Hostile text, numbers, days, headers and forms at every field of every route of every service:
a sentence with the field's name, never a 5xx.

In process, on real PostgreSQL. Nothing here names a route: what is added later is tried too.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
from fastapi import FastAPI

from shared.service_names import SERVICES
from tests.support.applications import visiting
from tests.support.doors import Door, leaves, some, spoiled

UNSEEN = {
    # shown where something is parked
    *(f"POST /{service}/macet{what}" for service in SERVICES for what in ("", "/kirim", "/diperiksa")),
    "POST /sesi/{whose}",  # nobody is signed in under that name,
    "POST /langkah/{cycle}/{step}",  # the story has no plain step, no day that a calendar moved,
    "POST /langkah/{cycle}/{step}/tenggat",
    "POST /dokumen/{cycle}/sk_tim/serahkan",  # no decree,
    "POST /dokumen/{cycle}/sk_tim/tetapkan",
    "POST /pengiriman/{cycle}/{recipient}/kirim",  # no letter beside its report,
    "POST /arsip/{cycle}/tutup",  # and no paper of both receipts
    "POST /pegawai/impor/terapkan",  # shown for a sheet that was looked over
    "POST /verifikasi/setujui",  # a question is open in all that waits
    "POST /aturan/penduduk/terapkan",
    "POST /verifikasi/{case}/tarik",  # approved and endorsed by somebody else
    "POST /dokumen/{cycle}/laporan/tarik",
    # a local account of somebody whom the story knows
    *(
        f"POST /akun/lokal/{{person}}/{act}"
        for act in ("undangan", "persetujuan", "penolakan", "pemulihan", "penutupan")
    ),
}
"""Forms that no state of `two_agencies` shows; their fields are tried one by
one under the names that stand in the source.
"""
WITHOUT_ITS_WAY = {
    *("POST /masuk/lokal", "POST /masuk/kedua", "POST /undangan"),
    "POST /masuk/pamit/{provider}",
}
"""Doors of ways to sign in that this installation does not have."""
TEXTS = [
    "a\0b",
    "a\x07b",
    "a\x0bb",
    "a\u202eb",
    "a\u2066b",
    "a\u2028b",
    "a\ufffeb",
    "e" + "\u0301" * 40,
    "x" * 20_000,
    "\ud800",
]
NUMBERS = [2**63, -(2**63) - 1, 2**70, True, "٣", "7", 1.5, None, 10**300]
DAYS = [
    "20240321",
    "٢٠٢٦-٠٢-١٧",
    1_700_000_000,
    "1700000000",
    "2026-02-17T00:00:00",
    "9999-12-31",
    "0001-01-01",
    "2026-W07-2",
    True,
]
ADDRESSES = [*TEXTS[:2], TEXTS[3], TEXTS[6], "9" * 400, str(2**63), "-1", "٣٤٠٢-٢٠٢٦", "eyJhIjoxfQ", "WzFd"]
PATHS = [
    "a%00b",
    "%ED%A0%80",
    "%D9%A3%D9%A4%D9%A0%D9%A2-%D9%A2%D9%A0%D9%A2%D9%A6",
    "9" * 30,
    "a%07b",
    "%E2%80%AE",
    "..%2f",
]
FORMS = ["a\0b", "a\u202eb", "x" * 20_000, "٣", "9" * 400, "20240321"]
HEADERS = [
    [
        (b"If-Match", b'"' + b"9" * 250 + b'"'),
        (b"Accept-Language", b"\xff;q=9," * 300),
        (b"Accept", b"\xff"),
        (b"Range", b"bytes=9-1,\xff"),
    ],
    [(b"If-Match", b"\xb2")],
    [
        (b"Idempotency-Key", b"\xff\xfe\x80"),
        (b"Cookie", b'a@b=1; a(b=2; jejak_posisi="\xff"; jejak_bahasa=\xff; jejak_kabar=%ED%A0%80; =; ;;a'),
    ],
    [
        (b"Cookie", b"jejak_sesi=\xff.\xff; jejak_posisi=intake:a@99999999999"),
        (b"If-None-Match", b"\xff"),
        (b"Origin", b"http://["),
    ],
    [(b"Jejak-Position", b"intake:a@" + b"9" * 40)],
    [(b"Jejak-Position", b"\xe9" * 300)],
    [
        (b"Content-Type", b"application/json; charset=\xff\xfe"),
        (b"X-Forwarded-For", b"\xff"),
        (b"Idempotency-Key", b"kunci"),
    ],
    [(b"Content-Type", b"multipart/form-data; boundary=\xff")],
    [(b"Content-Type", b"application/x-www-form-urlencoded; charset=utf-7")],
]
SPOILS = re.compile("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069\u2028\ufffe]|x{10000}|\u0301{5}")


async def test_no_field_of_any_request_breaks_anything(house: tuple[FastAPI, list[Door]]) -> None:
    app, every = house
    async with visiting(app) as browser:
        faults: list[str] = []
        for door in every:
            for tried in (_bodies, _addresses, _forms, _headers):
                faults += [fault async for fault in tried(browser.http, app, door)]
    assert not faults, "\n".join(faults)
    assert await _kept_spoils(app) == []


async def _bodies(http: httpx2.AsyncClient, app: FastAPI, door: Door) -> AsyncIterator[str]:
    """Each place of a JSON body with what it must not hold; the answer names the place."""
    if door.body is None:
        return
    schema = door.described["requestBody"]["content"]["application/json"]["schema"]
    for path, kind in leaves(schema, app.openapi()):
        tried: dict[str, list[Any]] = {"text": TEXTS, "choice": [*TEXTS, 7], "number": NUMBERS, "day": DAYS}
        for bad in some(tried.get(kind, ["ya", 7]), (door.name, path)):
            answer = await _send(http, door, json.dumps(spoiled(door.body, path, bad)))
            if fault := _named(answer, [str(part) for part in path], bad, optional=bad is None):
                yield f"{door.name} {path}: {fault}"
    for content in some(_broken_bodies(door.body), door.name):
        answer = await _send(http, door, content)
        if not 400 <= answer.status_code < 500:
            yield f"{door.name} with {content[:40]!r}: {answer.status_code}"


def _broken_bodies(body: Any) -> list[str]:
    more = body if isinstance(body, dict) else {}
    return [
        json.dumps({**more, "a\0b": 1}),
        json.dumps({**more, "\ud800": 1}),
        json.dumps(more)[:-1] + ', "occurred_on": ' + "9" * 6000 + "}" if more else "9" * 6000,
        "[" * 100_000,
        '{"a":' * 50_000,
        '"' + "x" * 999,
        "NaN",
        "null",
        "",
    ]


async def _send(http: httpx2.AsyncClient, door: Door, content: str) -> httpx2.Response:
    headers = {**door.headers, "Content-Type": "application/json"}
    return await http.request(
        door.verb,
        door.path,
        params=door.query,
        content=content.encode("utf-8", "surrogatepass"),
        headers=headers,
    )


def _named(answer: httpx2.Response, path: list[str], bad: Any, *, optional: bool) -> str:
    """What is wrong with an answer to a bad value; empty where it says which field to mend."""
    if optional and answer.status_code < 500:
        return ""
    if answer.status_code != 422:
        return f"{bad!r:.40} → {answer.status_code} {answer.text[:200]}"
    fields = [error["field"] for error in answer.json().get("errors", ())]
    shown = [part for part in path if part not in {"0", "kunci"}]
    return "" if any(shown[-1] in name for name in fields) else f"{bad!r:.40} is refused at {fields}"


async def _addresses(http: httpx2.AsyncClient, _app: FastAPI, door: Door) -> AsyncIterator[str]:
    """Each parameter of path and query, and one that nobody knows."""
    for name in (*door.asked, "tidak_dikenal"):
        for bad in some(ADDRESSES if name in door.asked else TEXTS[:3], (door.name, name)):
            answer = await http.request(
                door.verb, door.path, params={**door.query, name: bad}, headers=door.headers, content=b""
            )
            if answer.status_code >= 500 or (bad in TEXTS and answer.status_code != 422):
                yield f"{door.name}?{name}={bad!r:.30}: {answer.status_code} {answer.text[:120]}"
    for parameter in re.findall(r"{(\w+)", door.route.path):
        for bad in some(PATHS, (door.name, parameter)):
            path = _filled(door, parameter, bad)
            answer = await http.request(
                door.verb, path, params=door.query, headers=door.headers, json=door.body
            )
            if answer.status_code >= 500:
                yield f"{door.name} {parameter}={bad!r:.30}: {answer.status_code} {answer.text[:120]}"


def _filled(door: Door, parameter: str, bad: str) -> str:
    whole = zip(door.route.path.split("/"), door.path.split("/"), strict=False)
    return "/".join(bad if part.startswith(f"{{{parameter}") else shown for part, shown in whole)


async def _forms(http: httpx2.AsyncClient, _app: FastAPI, door: Door) -> AsyncIterator[str]:
    """Bodies that are no forms; and fields of forms that no page shows
    here (`test_every_form` tries all others).
    """
    for name in door.form if door.name in UNSEEN else ():
        for bad in some(FORMS, (door.name, name)):
            answer = await http.request(door.verb, door.path, data={name: bad}, headers=door.headers)
            if answer.status_code >= 500:
                yield f"{door.name} form {name}={bad!r:.30}: {answer.status_code}"
    if door.form:
        for content, kind, status in some(list(_no_forms()), door.name):
            answer = await http.request(
                door.verb, door.path, content=content, headers={**door.headers, "Content-Type": kind}
            )
            if answer.status_code != status and not _not_here(door, answer):
                yield f"{door.name} form {content[:40]!r}: {answer.status_code}"
        for content in (
            "&".join(f"a{number}=1" for number in range(5000)),
            "a=" + "%07" * 300_000,
            "%ED%A0%80=%ED%A0%80&%00=%00",
        ):
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            answer = await http.request(
                door.verb, door.path, content=content, headers={**door.headers, **kind}
            )
            expected = 413 if len(content) > 1000 else 422
            if answer.status_code != expected and not _not_here(door, answer):
                yield f"{door.name} form {content[:20]}: {answer.status_code}"


def _not_here(door: Door, answer: httpx2.Response) -> bool:
    return door.name in WITHOUT_ITS_WAY and answer.status_code == 404


def _no_forms() -> Iterator[tuple[bytes, str, int]]:
    """Bodies that say they are forms, and what they are answered."""
    part = b'--x\r\nContent-Disposition: form-data; name="a"'
    kind = "multipart/form-data; boundary=x"
    yield b"--x\r\n", "multipart/form-data", 400
    yield part + b"\r\n\r\nb", f"multipart/form-data; boundary={'y' * 300}", 400
    yield b"--x\r\n\r\nb\r\n--x--\r\n", kind, 400
    yield b"--x\r\nContent-Disposition: form-data\r\n\r\nb\r\n--x--\r\n", kind, 400
    yield part + b"\r\n" + b"X: y\r\n" * 5000 + b"\r\nb\r\n--x--\r\n", kind, 400
    yield part.replace(b'"a"', b'"a\0b"') + b"\r\n\r\nb\r\n--x--\r\n", kind, 422
    yield (part + b'; filename="c.pdf"\r\n\r\nb\r\n') * 200 + b"--x--\r\n", kind, 413
    yield (part + b"\r\n\r\nb\r\n") * 3000 + b"--x--\r\n", kind, 413


async def _headers(http: httpx2.AsyncClient, _app: FastAPI, door: Door) -> AsyncIterator[str]:
    """Headers and cookies of any shape, several together where none hides another."""
    content = json.dumps(door.body).encode() if door.body is not None else b"{}"
    for odd in some(HEADERS, door.name):
        kind = (
            []
            if any(name == b"Content-Type" for name, _ in odd)
            else [(b"Content-Type", b"application/json")]
        )
        headers = [*((name.encode(), value.encode()) for name, value in door.headers.items()), *kind, *odd]
        answer = await http.request(door.verb, door.path, params=door.query, content=content, headers=headers)
        if answer.status_code >= 500 and "position-not-reached" not in answer.text:
            yield f"{door.name} {odd[0]}: {answer.status_code} {answer.text[:200]}"


async def _kept_spoils(app: FastAPI) -> list[str]:
    """Events that hold what nobody should have been able to write."""
    async with app.state.running.pool.connection() as conn:
        rows = await (await conn.execute("SELECT type, data FROM event")).fetchall()
    return [
        f"{kind}: {data}"[:300]
        for kind, data in rows
        if SPOILS.search(json.dumps(data, ensure_ascii=False).replace("\\\\", ""))
    ]


def test_the_spoils_would_be_found() -> None:
    assert all(SPOILS.search(text) for text in TEXTS[:-1])
    assert asyncio.iscoroutinefunction(_kept_spoils)
