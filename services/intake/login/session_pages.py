"""Pages of sessions: on which devices somebody is signed in, to end one or all.

Serves every SOP step. Previous hop: a person's browser. Next hop: `login/sessions.py`.
"""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from services.intake.login.session_api import PersonPath
from services.intake.login.sessions import end_own, end_somebodys
from shared.web.declared import does, reads, signed_in
from shared.web.forms.csrf import form_of
from shared.web.frame.rendering import render, see_other
from shared.web.problems.shape import NotFound
from shared.web.running import running_of
from shared.web.visitor import session_id_of, viewer_of
from shared.web.words.i18n import gettext as _
from shared.web.words.i18n import ngettext

router = APIRouter()
ALL, OTHERS = "semua", "lain"
"""The field by which a form says that it means all sessions, and its word for all but this one."""


@router.get("/sesi", dependencies=[signed_in()])
async def mine(request: Request) -> Response:
    return await _listed(request, viewer_of(request).person, "/sesi")


@router.post("/sesi", dependencies=[signed_in()])
async def end_mine(request: Request) -> Response:
    form = await form_of(request)
    one, (session_id, _by_cookie) = _one(form), session_id_of(request)
    ended = await end_own(request, one, kept=session_id if form.get(ALL) == OTHERS else "")
    return see_other(request, "/sesi", _said(ended))


@router.get("/sesi/{whose}", dependencies=[reads("intake.sessions")])
async def somebodys(whose: PersonPath, request: Request) -> Response:
    return await _listed(request, whose, f"/sesi/{whose}")


@router.post("/sesi/{whose}", dependencies=[does("intake.EndSessions")])
async def end_of(whose: PersonPath, request: Request) -> Response:
    ended = await end_somebodys(request, whose, _one(await form_of(request)))
    return see_other(request, f"/sesi/{whose}", _said(ended))


def _one(form: FormData) -> UUID | None:
    """The session that a form names; None where it says that all are meant.
    Raises NotFound for a form that says neither: nobody is signed out by mistake.
    """
    if form.get(ALL) in {OTHERS, "semua"} and "session" not in form:
        return None
    try:
        return UUID(str(form.get("session", "")))
    except ValueError:
        raise NotFound from None


def _said(ended: int) -> str:
    return ngettext("{n} sesi berakhir.", "{n} sesi berakhir.", ended).format(n=ended)


async def _listed(request: Request, person: str, path: str) -> Response:
    session_id, _by_cookie = session_id_of(request)
    running = running_of(request)
    found = await running.sessions.of(person, session_id)
    own = person == viewer_of(request).person
    names = {"oidc": _("akun instansi"), "development": _("pilih nama (percobaan)")}
    return render(
        request,
        "sessions.html",
        sessions=found,
        path=path,
        own=own,
        person=running.people.name(person),
        ways_called=names,
        may_end=own or running.permissions.may(viewer_of(request), "intake.EndSessions"),
    )
