"""The form of one submission as a page, and as the answer to saving in the background.

SOP step 7. Previous hop: `submission/pages.py`. Next hop: `submission.html` and `submission_saved.html`.
"""

from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from services.intake import queries
from services.intake.board.board import asked_under, standing
from services.intake.board.queries import dues_of, late_of
from services.intake.submission.api import cycle_of, is_endorsed, stream_of
from services.intake.submission.sheet import SheetRow, figures_of, next_digest, sheet, urusan_of
from services.intake.submission.sheet_form import Said
from services.intake.submission.typed_rows import label
from services.intake.wording import Wording
from shared.sop.definition import sops
from shared.spm.catalogue import catalogue
from shared.web.acting import Looking
from shared.web.frame.rendering import render
from shared.web.problems import NotFound
from shared.web.running import now_of, running_of, today_of
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
        found = await queries.submission_of(conn, look.viewer, stream_of(case))
        if found is None:
            raise NotFound
        stored = await queries.figures(conn, stream_of(case))
        attached = await queries.evidence_of(conn, stream_of(case))
        before = await queries.figures(conn, stream_of(_year_before(case)))
        cycles = await queries.cycles(conn)
        signed = await queries.signed_sheets(conn, stream_of(case))
        begun = await queries.steps(conn, cycle_of(case))
        sop = sops()[next(row["sop"] for row in cycles if row["cycle"] == found["cycle"])]
        own = any(office.agency == found["agency"] for office in look.viewer.offices if office.role == "unsur_opd")
        stands = standing(found)
        may_take_back = own and stands in {"handed_in", "approved"}
        endorsed = may_take_back and await is_endorsed(conn, case)
        calendar = await queries.calendar(conn)
    editable = own and stands in {"open", "returned", "taken_back"}
    asked = asked_under(stands if editable else "open", begun, sop)
    kinds = urusan_of(found["services"])
    chosen = next((kind for kind in kinds if kind.id == urusan), kinds[0])
    elsewhere = {name: figure for name, figure in figures_of(stored).items() if catalogue().services[name].urusan != chosen.id}
    return {
        "case": case,
        "found": found,
        "cycles": cycles,
        "cycle": next(row for row in cycles if row["cycle"] == found["cycle"]),
        "stands": stands,
        "rows": sheet(found["services"], stored, before, attached, found["notes"], said.typed, said.seen),
        "kinds": kinds,
        "chosen": chosen,
        "attached": attached,
        "signed": signed,
        "may_sign": own and stands in {"handed_in", "approved"},
        "asked": asked,
        "timing": against(asked["due_on"], None, today_of(request), calendar) if asked and editable else None,
        "late": late_of(found, dues_of(begun, sop), calendar),
        "editable": editable,
        "may_take_back": may_take_back,
        "endorsed": endorsed,
        "digest": next_digest(found, figures_of(stored), attached),
        "rest": next_digest(found, elsewhere, attached),
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
        "today": today_of(request),
        "words": Wording(running_of(request).people),
    }


def _year_before(case: str) -> str:
    region, year, rest = case.split("-", 2)
    return f"{region}-{int(year) - 1}-{rest}"
