"""The form of one submission as a page, and as the answer to saving in the background.

SOP step 7. Previous hop: `submission/pages.py`. Next hop: `submission.html` and `submission_saved.html`.
"""

from fractions import Fraction
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from services.intake.submission.reading import read_one
from services.intake.submission.sheet.form import Feedback
from services.intake.submission.sheet.leading import led_to
from services.intake.submission.sheet.rows import SheetRow, sheet, urusan_of
from services.intake.submission.sheet.typed_rows import label
from services.intake.submission.sheet.warnings import warnings_of
from services.intake.submission.standing import is_printed
from services.intake.wording import words_of
from shared.spm.field_help import help_of
from shared.web.for_pages import Looking, now_of, render, today_of
from shared.web.for_pages import gettext as _
from shared.web.words.figure_words import ANSWERS, CELLS, PARTS
from shared.web.words.finding_words import sentence_of
from shared.web.words.formats import time
from shared.web.words.i18n import language
from shared.web.words.lateness import against

NO_FEEDBACK = Feedback()
Context = dict[str, Any]


async def page(
    case: str,
    request: Request,
    look: Looking,
    urusan: str,
    feedback: Feedback = NO_FEEDBACK,
    *,
    notice: str = "",
) -> Response:
    """The form; 422 where something is to be mended. `notice`: what was done all the same."""
    context = await _context(case, request, look, urusan, feedback)
    if notice:
        context["notice"] = notice
    return render(request, "submission.html", status_code=422 if feedback.faults else 200, **context)


async def saved(case: str, request: Request, look: Looking, urusan: str, feedback: Feedback) -> Response:
    """What the script of the page puts beside what was typed:
    texts and states of cells, the digest, the parts of the page that follow.
    """
    context = await _context(case, request, look, urusan, feedback)
    pieces = bytes(render(request, "submission_saved.html", **context).body).decode()
    rows: list[SheetRow] = [row for row in context["rows"] if row.service.urusan == context["chosen"].id]
    return JSONResponse(
        {
            "saved_at": time(context["saved_at"]),
            "digest": context["digest"],
            "rest": context["rest"],
            "editable": context["editable"],
            "cells": {f"{row.service.id}.{name}": text for row in rows for name, text in row.stored.items()},
            "was": {row.service.id: row.was for row in rows},
            "troubles": [
                {
                    "field": trouble.field,
                    "kind": trouble.kind,
                    "sentence": trouble.sentence,
                    "theirs": trouble.theirs,
                }
                for trouble in feedback.troubles
            ],
            "pieces": pieces,
        },
        headers={"Cache-Control": "no-store"},
    )


async def _context(case: str, request: Request, look: Looking, urusan: str, feedback: Feedback) -> Context:
    today = today_of(request)
    async with look.conn() as conn:
        of = await read_one(conn, look.viewer, case, today)
    found, asked, figures = of.found, of.asked, of.figures
    kinds = urusan_of(found["services"], of.catalogue) or of.catalogue.urusan[:1]
    chosen = next((kind for kind in kinds if kind.id == urusan), kinds[0])
    elsewhere = {
        name: figure for name, figure in figures.items() if of.catalogue.services[name].urusan != chosen.id
    }
    return {
        "case": case,
        "found": found,
        "cycles": of.cycles,
        "cycle": of.cycle,
        "stands": of.stands,
        "rows": sheet(
            of.catalogue,
            found["services"],
            of.stored,
            of.last_year,
            of.evidence,
            of.points,
            warnings_of(of.judged),
            feedback.typed,
            feedback.seen,
        ),
        "kinds": kinds,
        "chosen": chosen,
        "attached": of.evidence,
        "signed": of.signed,
        "moved": of.moves,
        "may_move": look.may("intake.HandOverServices"),
        "may_answer": look.may("verification.AnswerQuestion"),
        "may_sign": of.may_take_back,
        "asked": asked,
        "timing": against(asked["due_on"], None, today, of.calendar) if asked and of.editable else None,
        "late": of.late,
        "editable": of.editable,
        "may_take_back": of.may_take_back,
        "endorsed": of.endorsed,
        "printed": is_printed(of.stands, of.begun, of.sop),
        "digest": of.digest_of(figures),
        "rest": of.digest_of(elsewhere),
        "feedback": feedback,
        "troubles": {trouble.field: trouble for trouble in feedback.troubles},
        "values": feedback.values,
        "errors": led_to(feedback.faults, of.catalogue.services, f"/isian/{case}", chosen.id),
        "sentence_of": sentence_of,
        "label": label,
        "named": {field: _(word) for field, word in CELLS.items()},
        "parts": {part: _(word) for part, word in PARTS.items()},
        "answers": {answer: _(word) for answer, word in ANSWERS.items()},
        "spoken": language.get(),
        "help_of": lambda service: help_of(service, of.catalogue.version),
        "share_of": lambda pair: Fraction(pair[1], pair[0]),
        "catalogue_version": of.catalogue.version,
        "saved_at": now_of(request),
        "today": today,
        "words": words_of(request),
    }
