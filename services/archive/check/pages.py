"""The page *Macet*: everything that is stuck, wherever it is.

Every SOP step. Previous hop: a browser. Next hop: `check/differences.py`, `queries.py`, the parked messages.
Nothing here changes anything.
"""

from fastapi import APIRouter, Request, Response

from services.archive import queries
from services.archive.check import differences
from services.archive.check.differences import KINDS
from services.archive.log import checkpoints
from services.archive.log import queries as log
from services.archive.log.regions import seen_by
from services.archive.log.signing import signing_of
from services.archive.store import archive_of
from shared.messaging.receiving import parked
from shared.web.acting import Look
from shared.web.declared import reads
from shared.web.frame.rendering import render

router = APIRouter(include_in_schema=False)


@router.get("/macet", dependencies=[reads("archive.parked")])
async def stuck(request: Request, look: Look) -> Response:
    async with look.conn() as conn:
        waiting, since = await parked.count(conn), await parked.oldest(conn)
        probe = await queries.last_probe(conn, archive_of(request).name)
        unsealed = await queries.unsealed(conn)
        edge, newest = await log.edge(conn), await checkpoints.latest(conn)
        seen = await seen_by(conn, look, "archive.parked")
        differing, walks = await differences.listed(conn, seen), await differences.progress(conn)
    unsigned = edge.size - (newest.size if newest else 0)
    return render(
        request,
        "stuck.html",
        waiting=waiting,
        since=since,
        probe=probe,
        unsealed=unsealed,
        unsigned=unsigned,
        newest=newest,
        differing=differing,
        walks=walks,
        kinds=KINDS,
        refused=signing_of(request).refused,
        may_certificate=look.may("archive.certificate"),
    )
