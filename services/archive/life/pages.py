"""The page of a figure's life.

SOP steps 7 to 13. Previous hop: a browser, from the sheet, the verifier's page or an event of the trail. Next
hop: `queries.py` and `story.py`. Nothing here changes anything.
"""

from fastapi import APIRouter, Request, Response

from services.archive.life import story
from services.archive.life.queries import lines_of
from services.archive.log import checkpoints, waiting
from services.archive.log.regions import seen_by
from services.archive.trail.event_words import facts, in_short, words_of
from services.archive.trail.view import AUDIT, people_of
from shared.access.people import People
from shared.spm.catalogue import known_services
from shared.web.acting import Look
from shared.web.declared import reads
from shared.web.forms.fields import CasePath, Id
from shared.web.frame.rendering import render
from shared.web.problems.shape import NotFound
from shared.web.regions import people_in_sight

router = APIRouter(include_in_schema=False)
LIFE = "archive.life"


@router.get("/jejak-audit/angka/{case}/{service}", dependencies=[reads(LIFE)])
async def life(case: CasePath, service: Id, request: Request, look: Look, semua: bool = False) -> Response:
    """Every act about one service of a submission; with `semua` also what followed by itself. Raises NotFound
    where no figure of it was entered, or none that whoever asks may see.
    """
    known = known_services().get(service)
    if known is None:
        raise NotFound
    await waiting.until_logged_or_behind(request)
    async with look.conn() as conn:
        seen = await seen_by(conn, look, LIFE)
        rows = await lines_of(conn, seen, case[:9], case)
        signed = await checkpoints.latest(conn)
    chapters = story.told(rows, service)
    figure = story.latest(chapters)
    if not figure:
        raise NotFound
    people = people_in_sight(request)
    printed = story.printed(rows, case, service)
    return render(
        request,
        "figure_life.html",
        case=case,
        cycle=case[:9],
        agency=case.split("-")[2],
        service=known,
        figure=figure,
        chapters=[one for one in chapters if semua or one.by_a_person],
        many=len(chapters),
        of_persons=sum(one.by_a_person for one in chapters),
        everything=semua,
        signed=signed,
        printed=printed,
        since=story.changed(cells(service, printed.figure, people), cells(service, figure, people))
        if printed
        else [],
        opened_by=story.evidence_of,
        may_audit=look.may(AUDIT),
        words_of=words_of,
        in_short=in_short,
        people_of=people_of(look),
        changed=lambda chapter, people: story.changed(
            cells(service, chapter.before, people), cells(service, chapter.figure, people)
        ),
    )


def cells(service: str, figure: story.Figure, people: People) -> dict[str, story.Cell]:
    """The cells of a figure that have a value, in the words of the trail."""
    said = facts({"service": service, "figure": figure}, people)
    return {fact.name: (fact.title, fact.value) for fact in said if fact.name != "service"}
