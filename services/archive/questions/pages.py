"""Pages of the nine questions: the list of them, the figure that is meant, and each answer.

Every SOP step. Previous hop: a browser. Next hop: `view.py`. Nothing here changes anything.
"""

from fastapi import APIRouter, Request, Response

from services.archive.log import waiting
from services.archive.proof.answers.verifier_sayings import ASKED
from services.archive.questions import asked, view
from services.archive.questions.asked import OptionalCase, OptionalService, Question
from services.archive.questions.marks import meant
from services.archive.questions.wording import worded
from services.archive.trail.event_words import words_of
from services.archive.trail.view import AUDIT, people_of
from shared.web.acting import Look
from shared.web.declared import reads
from shared.web.forms.fields import CyclePath, Name, OptionalCycle
from shared.web.frame.rendering import render
from shared.web.regions import people_in_sight
from shared.web.words.i18n import language

router = APIRouter(include_in_schema=False)


@router.get("/jejak-audit/pertanyaan", dependencies=[reads(view.QUESTIONS)])
async def questions(request: Request, look: Look, siklus: OptionalCycle = "") -> Response:
    """The nine questions about a cycle, the newest where none is named."""
    async with look.conn() as conn:
        cycles = await asked.known(conn, siklus)
    return render(request, "questions.html", cycle=siklus or next(iter(cycles), ""), questions=in_words())


@router.get("/jejak-audit/pertanyaan/{cycle}/angka", dependencies=[reads(view.QUESTIONS)])
async def figure(cycle: CyclePath, request: Request, look: Look, angka: Name = "") -> Response:
    """The figures that somebody may mean; all of the cycle where nothing is typed."""
    await waiting.until_logged_or_behind(request)
    async with look.conn() as conn:
        await asked.known(conn, cycle)
        found = await view.figures(conn, look, cycle)
    people = people_in_sight(request)
    shown = meant(found, angka) if angka.strip() else found
    return render(
        request,
        "question_figures.html",
        cycle=cycle,
        typed=angka,
        figures=shown,
        people=people,
        asked=in_words()[0],
    )


@router.get("/jejak-audit/pertanyaan/{cycle}/{number}", dependencies=[reads(view.QUESTIONS)])
async def answer(
    cycle: CyclePath,
    number: Question,
    request: Request,
    look: Look,
    kasus: OptionalCase = "",
    layanan: OptionalService = "",
) -> Response:
    """An answer. Raises NotFound for a cycle or a figure that there is not."""
    await waiting.until_logged_or_behind(request)
    async with look.conn() as conn:
        await asked.known(conn, cycle)
        chosen = await asked.figure(conn, look, cycle, number, kasus, layanan)
        found = await view.answer(conn, look, cycle, number, chosen, None)
        differing = await view.differing(conn, look) if number == view.TAMPERED else None
    return render(
        request,
        "answer.html",
        cycle=cycle,
        question=number,
        asked=in_words()[number - 1],
        found=found,
        chosen=chosen,
        said_as=worded(people_in_sight(request)),
        words_of=words_of,
        people_of=people_of(look),
        differing=differing,
        may_audit=look.may(AUDIT),
    )


def in_words() -> list[str]:
    """The questions as they are read."""
    return [one[language.get() == "en"] for one in ASKED]
