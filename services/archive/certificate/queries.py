"""What is asked of the certificates: all of them, one with what each service said, and the lines of the log
on which it stands.

SOP step 13, and every step before it. Previous hop: `certificate/pages.py`, `certificate/api.py`,
`certificate/issuing.py`. Next hop: the tables that `projections.py` writes; the log.
"""

import re
from typing import Any

from sqlalchemy import bindparam, select

from services.archive import streams
from services.archive.proof.verifier_certificate import ANSWERING
from services.archive.tables import certificate, certificate_statement
from shared.eventsourcing.sight import in_sight, sees_everything
from shared.eventsourcing.sql import Connection, fetch, fetch_one
from shared.replayed.decider import stream
from shared.web.problems.shape import NotFound

MOST = 50
_REGION = re.compile(r"(?<![0-9a-zA-Z])([0-9]{4})(?=[-\"]|$)")
_ASKED = b"""
    SELECT index, line FROM leaf WHERE source = 'archive' AND stream = %s AND type = 'certificate-asked'
    ORDER BY version OFFSET %s LIMIT 1"""
"""Numbers have no gaps: the first that was asked for is number 1."""
_SAID = b"""
    SELECT index, line FROM leaf WHERE source = ANY(%s) AND stream = %s AND type = 'replay-compared'
    ORDER BY array_position(%s, source)"""
_DUE = b"""
    SELECT coalesce((SELECT max(certificate) FROM certificate), 0),
        extract(epoch FROM clock_timestamp() - greatest((SELECT max(asked_at) FROM certificate),
            (SELECT recorded_at FROM leaf WHERE index = 0)))::float8,
        EXISTS (SELECT FROM certificate WHERE issued_at IS NULL AND given_up_at IS NULL)"""


def must_see_everything() -> None:
    """A certificate is of the whole installation. Raises NotFound for who sees only some of its regions:
    they are told its verdict and what lies in them.
    """
    if not sees_everything():
        raise NotFound


async def newest(conn: Connection) -> list[dict[str, Any]]:
    """The latest certificates, the newest first."""
    rows = await fetch(conn, select(certificate).order_by(certificate.c.certificate.desc()).limit(MOST))
    return [_of_all(row) for row in rows]


async def one(conn: Connection, number: int) -> dict[str, Any] | None:
    """One certificate; None for a number that there is not."""
    statement = select(certificate).where(certificate.c.certificate == bindparam("number"))
    found = await fetch_one(conn, statement, number=number)
    return found and _of_all(found)


async def statements(conn: Connection, number: int) -> list[dict[str, Any]]:
    """What the services said for a certificate, in the order in which they stand in it. Who sees only some
    regions is named what lies in them; `elsewhere` counts the rest.
    """
    said = certificate_statement
    rows = await fetch(conn, select(said).where(said.c.certificate == bindparam("number")), number=number)
    return [_seen(row) for row in sorted(rows, key=lambda row: ANSWERING.index(row["service"]))]


def _of_all(row: dict[str, Any]) -> dict[str, Any]:
    """What somebody typed is of the installation, not of a region."""
    unsaid = {"reason": "", "by": None, "file": None, "given_up_reason": None, "given_up_by": None}
    return row if sees_everything() else {**row, **unsaid}


def _seen(row: dict[str, Any]) -> dict[str, Any]:
    if sees_everything():
        return {**row, "elsewhere": 0}
    tables = [{**one, "differing": [key for key in one["differing"] if _here(key)]} for one in row["tables"]]
    differences = [one for one in row["differences"] if _here(one["stream"] or one["place"])]
    hidden = sum(len(one["differing"]) for one in row["tables"]) + row["differing"]
    shown = sum(len(one["differing"]) for one in tables) + len(differences)
    seen = {"tables": tables, "differences": differences, "differing": len(differences)}
    return {**row, **seen, "elsewhere": hidden - shown}


def _here(place: str) -> bool:
    """Whether the first region that a key or a stream names is in sight."""
    named = _REGION.search(place)
    patterns = in_sight() or []
    return named is not None and any(named[1].startswith(one.rstrip("%")) for one in patterns)


async def open_number(conn: Connection) -> int | None:
    """The certificate that is neither issued nor given up."""
    found = await fetch_one(
        conn,
        select(certificate.c.certificate).where(
            certificate.c.issued_at.is_(None), certificate.c.given_up_at.is_(None)
        ),
    )
    return found["certificate"] if found else None


async def lines(conn: Connection, number: int) -> list[tuple[int, bytes]]:
    """The lines on which a certificate stands, each with its place: that it was asked for, then what each
    service said; fewer while they are not in the log.
    """
    asked = await (await conn.execute(_ASKED, (streams.CERTIFICATES, number - 1))).fetchall()
    names = list(ANSWERING)
    said = await (await conn.execute(_SAID, (names, stream(number), names))).fetchall()
    return [(int(index), bytes(line)) for index, line in (*asked, *said)]


async def due(conn: Connection) -> tuple[int, float, bool]:
    """The number of the latest, how many seconds ago it was asked for (or the log began), and whether one is
    open.
    """
    row = await (await conn.execute(_DUE)).fetchone()
    last, seconds, is_open = row or (0, None, False)
    return int(last), float(seconds or 0), bool(is_open)
