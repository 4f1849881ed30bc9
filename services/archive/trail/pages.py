"""Pages of the audit trail: the trail with its search, and one event.

Every SOP step. Previous hop: a browser. Next hop: `trail/queries.py`, in the words of `trail/event_words.py`. Nothing here changes anything.
"""

from fastapi import APIRouter, Request, Response

from services.archive.check import differences
from services.archive.check.differences import KINDS
from services.archive.log import checkpoints, waiting
from services.archive.log import queries as log
from services.archive.log.addresses import Index
from services.archive.log.signing import signing_of
from services.archive.trail import queries
from services.archive.trail.event_words import facts, in_short, words_of
from services.archive.trail.lateness import lateness
from services.archive.trail.searching import understood
from shared.web.acting import Look
from shared.web.declared import reads
from shared.web.forms.fields import Name, Position
from shared.web.frame.rendering import render
from shared.web.problems import NotFound
from shared.web.running import running_of

router = APIRouter(include_in_schema=False)

ON_A_PAGE = 25
KEPT_SHOWN = 12


@router.get("/jejak-audit", dependencies=[reads("archive.audit")])
async def trail(
    request: Request,
    look: Look,
    cari: Name = "",
    alur: Name = "",
    sebelum: Position | None = None,
) -> Response:
    await waiting.until_logged_or_behind(request)
    async with look.conn() as conn:
        edge = await log.edge(conn)
        rows = await queries.trail(
            conn,
            look.viewer,
            search=await understood(conn, cari, running_of(request).people),
            stream=alur,
            below=sebelum,
            limit=ON_A_PAGE + 1,
        )
        late = await lateness(conn, rows)
        newest = await checkpoints.latest(conn)
        kept = await checkpoints.before(conn, newest.size, KEPT_SHOWN) if newest else []
        counts = await log.count_of_sources(conn)
        differing, walks = await differences.listed(conn), await differences.progress(conn)
    return render(
        request,
        "trail.html",
        rows=rows[:ON_A_PAGE],
        late=late,
        more=rows[ON_A_PAGE - 1]["index"] if len(rows) > ON_A_PAGE else None,
        search=cari,
        stream=alur,
        size=edge.size,
        newest=newest,
        kept=kept,
        counts=counts,
        key=signing_of(request).key,
        words_of=words_of,
        in_short=in_short,
        people=running_of(request).people,
        may_export=look.may("archive.export"),
        differing=differing,
        walks=walks,
        kinds=KINDS,
        refused=signing_of(request).refused,
    )


@router.get("/jejak-audit/{index}", dependencies=[reads("archive.audit")])
async def one(index: Index, request: Request, look: Look) -> Response:
    async with look.conn() as conn:
        row = await log.one_leaf(conn, look.viewer, index)
        differing = await differences.of_leaf(conn, index) if look.viewer.reach is None or row is not None else []
        if row is None and not differing:
            raise NotFound
        if row is None:
            refused = signing_of(request).refused
            return render(request, "gone.html", status_code=410, index=index, differing=differing, kinds=KINDS, refused=refused)
        cause = row["event"]["metadata"].get("causation")
        cause_at = await log.index_of(conn, look.viewer, cause["source"], cause["stream"], cause["version"]) if cause else None
        signed = await checkpoints.latest(conn)
        late = await lateness(conn, [row])
    return render(
        request,
        "event.html",
        row=row,
        late=late.words(row),
        facts=list(facts(row["event"]["data"], running_of(request).people)),
        cause=cause,
        cause_at=cause_at,
        signed=signed if signed and signed.size > index else None,
        words_of=words_of,
        people=running_of(request).people,
        differing=differing,
        kinds=KINDS,
        refused=signing_of(request).refused,
    )
