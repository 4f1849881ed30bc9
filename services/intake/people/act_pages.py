"""Pages on which something is said of one person, a form each: details change, an office is given or ends,
the person leaves.

Serves every SOP step. Previous hop: a person's browser, from the page of the person.
Next hop: `people/orders.py`, with the same orders as `people/api.py`.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from services.intake.people import orders, queries
from services.intake.people.shapes import EndIn, LeavingIn, OfficeIn, PersonIn
from services.intake.wording import words_of
from shared.access.people import ROLES
from shared.access.qualifications import LEVELS
from shared.contracts.fields import Text
from shared.web.for_pages import (
    Act,
    FieldError,
    Look,
    Looking,
    NotFound,
    Refused,
    does,
    form_of,
    render,
    said_in,
    see_other,
    sentence_of,
    today_of,
    typed,
)
from shared.web.for_pages import gettext as _
from shared.web.forms.fields import Checked

router = APIRouter()

PersonPath = Annotated[str, Checked(Text(60, pattern=r"[a-z0-9][a-z0-9_.-]*")), Path()]
OfficePath = Annotated[int, Path(ge=1, le=10_000)]
ONE = "/pegawai/orang/{person}"
CHANGE, GIVE, LEAVE = f"{ONE}/ubah", f"{ONE}/jabatan", f"{ONE}/berhenti"
END = f"{GIVE}/{{office}}/akhir"
MAY_CHANGE, MAY_GIVE = does("intake.RegisterPerson"), does("intake.GiveOffice")
MAY_END, MAY_LEAVE = does("intake.EndOffice"), does("intake.RecordLeaving")


Tried = Mapping[str, Any]
"""A form that was refused: the `values` that were typed, and the `errors` in them."""
NOTHING: Tried = {"values": {}, "errors": ()}


def levels() -> list[tuple[str, str]]:
    """What may be chosen as schooling."""
    return [(level, level or _("belum diketahui")) for level in LEVELS]


def tried(form: Mapping[str, Any], error: Refused, *, person: str = "") -> Tried:
    """`person`: as which field the form asks whom it is about, if it does."""
    field = person if error.field == "person" else error.field or ""
    return {"values": typed(form), "errors": (FieldError(field, sentence_of(error)),)}


@router.get(CHANGE, dependencies=[MAY_CHANGE])
async def changing(person: PersonPath, request: Request, look: Look) -> Response:
    return await _form(request, look, "person_change.html", person)


@router.post(CHANGE, dependencies=[MAY_CHANGE])
async def change(person: PersonPath, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        await orders.register(act, person, said_in(form, PersonIn))
    except Refused as error:
        return await _refused(request, act, "person_change.html", person, tried(form, error))
    return see_other(request, ONE.format(person=person), _("Data pegawai tersimpan."))


@router.get(GIVE, dependencies=[MAY_GIVE])
async def giving(person: PersonPath, request: Request, look: Look) -> Response:
    return await _form(request, look, "office_giving.html", person)


@router.post(GIVE, dependencies=[MAY_GIVE])
async def give(person: PersonPath, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        await orders.give(act, person, said_in(form, OfficeIn))
    except Refused as error:
        return await _refused(request, act, "office_giving.html", person, tried(form, error))
    return see_other(request, ONE.format(person=person), _("Jabatan diberikan; berlaku dalam dua detik."))


@router.get(END, dependencies=[MAY_END])
async def ending(person: PersonPath, office: OfficePath, request: Request, look: Look) -> Response:
    return await _form(request, look, "office_end.html", person, office=office)


@router.post(END, dependencies=[MAY_END])
async def end(person: PersonPath, office: OfficePath, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        await orders.end(act, person, office, said_in(form, EndIn))
    except Refused as error:
        return await _refused(request, act, "office_end.html", person, tried(form, error), office)
    return see_other(request, ONE.format(person=person), _("Akhir jabatan tersimpan."))


@router.get(LEAVE, dependencies=[MAY_LEAVE])
async def leaving(person: PersonPath, request: Request, look: Look) -> Response:
    return await _form(request, look, "person_leaving.html", person)


@router.post(LEAVE, dependencies=[MAY_LEAVE])
async def leave(person: PersonPath, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        await orders.leave(act, person, said_in(form, LeavingIn))
    except Refused as error:
        return await _refused(request, act, "person_leaving.html", person, tried(form, error))
    return see_other(request, ONE.format(person=person), _("Berhentinya pegawai tersimpan."))


async def _refused(
    request: Request, act: Act, template: str, person: str, said: Tried, office: int = 0
) -> Response:
    return await _form(request, Looking(request, act.response), template, person, said, office)


async def _form(
    request: Request,
    look: Looking,
    template: str,
    person: str,
    said: Tried = NOTHING,
    office: int = 0,
) -> Response:
    region = look.region
    async with look.conn() as conn:
        found = await queries.one(conn, look.viewer, region, person)
        others = await queries.names(conn, region)
        agencies = await queries.agency_names(conn, region)
    held = next((one for one in found["offices"] if one["office"] == office), None)
    if office and held is None:
        raise NotFound
    return render(
        request,
        template,
        status_code=422 if said["errors"] else 200,
        person=found,
        office=held,
        others=[(name, shown) for name, shown in others.items() if name != person],
        agencies=list(agencies.items()),
        roles=[("", _("pilih peran")), *((role, _(words)) for role, words in ROLES.items())],
        levels=levels(),
        today=today_of(request),
        **said,
        words=words_of(request),
    )
