"""The form of one submission as a page, and as the answer to saving in the background.

SOP step 7. Previous hop: `submission/pages.py`. Next hop: `submission.html` and `submission_saved.html`.
"""

from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from services.intake.submission.reading import read
from services.intake.submission.sheet import SheetRow, sheet, urusan_of
from services.intake.submission.sheet_form import Said
from services.intake.submission.typed_rows import label
from services.intake.wording import words_of
from shared.spm.catalogue import catalogue
from shared.web.acting import Looking
from shared.web.frame.rendering import render
from shared.web.running import now_of, today_of
from shared.web.words.figure_words import ANSWERS, CELLS, PARTS
from shared.web.words.formats import time
from shared.web.words.i18n import gettext as _
from shared.web.words.i18n import language
from shared.web.words.lateness import against

NOTHING = Said()
Context = dict[str, Any]


async def page(case: str, request: Request, look: Looking, urusan: str, said: Said = NOTHING) -> Response:
    """The form; 422 where something is to be mended."""
    context = await _context(case, request, look, urusan, said)
    return render(request, "submission.html", status_code=422 if said.faults else 200, **context)


async def saved(case: str, request: Request, look: Looking, urusan: str, said: Said) -> Response:
    """What the script of the page puts beside what was typed: texts and states of cells, the digest, the parts of the page that follow."""
    context = await _context(case, request, look, urusan, said)
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
                {"field": trouble.field, "kind": trouble.kind, "sentence": trouble.sentence, "theirs": trouble.theirs}
                for trouble in said.troubles
            ],
            "pieces": pieces,
        },
        headers={"Cache-Control": "no-store"},
    )


async def _context(case: str, request: Request, look: Looking, urusan: str, said: Said) -> Context:
    async with look.conn() as conn:
        of = await read(conn, look.viewer, case)
    found, today, asked, figures = of.found, today_of(request), of.asked, of.figures
    kinds = urusan_of(found["services"])
    chosen = next((kind for kind in kinds if kind.id == urusan), kinds[0])
    elsewhere = {name: figure for name, figure in figures.items() if catalogue().services[name].urusan != chosen.id}
    return {
        "case": case,
        "found": found,
        "cycles": of.cycles,
        "cycle": of.cycle,
        "stands": of.stands,
        "rows": sheet(found["services"], of.stored, of.last_year, of.evidence, found["notes"], said.typed, said.seen),
        "kinds": kinds,
        "chosen": chosen,
        "attached": of.evidence,
        "signed": of.signed,
        "may_sign": of.may_take_back,
        "asked": asked,
        "timing": against(asked["due_on"], None, today, of.calendar) if asked and of.editable else None,
        "late": of.late,
        "editable": of.editable,
        "may_take_back": of.may_take_back,
        "endorsed": of.endorsed,
        "digest": of.digest_of(figures),
        "rest": of.digest_of(elsewhere),
        "said": said,
        "troubles": {trouble.field: trouble for trouble in said.troubles},
        "values": said.values,
        "errors": said.faults,
        "label": label,
        "named": {field: _(word) for field, word in CELLS.items()},
        "parts": {part: _(word) for part, word in PARTS.items()},
        "answers": {answer: _(word) for answer, word in ANSWERS.items()},
        "spoken": language.get(),
        "saved_at": now_of(request),
        "today": today,
        "words": words_of(request),
    }
