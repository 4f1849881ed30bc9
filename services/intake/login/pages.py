"""Pages of logins: who asks to be let in, with the person suggested whose NIP it is; joined and parted there.

Serves every SOP step. Previous hop: a person's browser. Next hop: `login/orders.py`, with the same orders as
`login/api.py`.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from services.intake.login import orders
from services.intake.login.queries import login_of, logins, suggested
from services.intake.queries import Row
from shared.web.for_pages import (
    Act,
    Conflict,
    Digest,
    FieldError,
    Look,
    Looking,
    NotFound,
    Refused,
    does,
    field_errors,
    form_of,
    reads,
    render,
    running_of,
    see_other,
    typed,
)
from shared.web.for_pages import gettext as _
from shared.web.regions import people_in_sight

router = APIRouter()
LoginPath = Annotated[Digest, Path(description="digest of issuer and subject")]


@router.get("/akun", dependencies=[reads("intake.logins")])
async def listing(request: Request, look: Look) -> Response:
    async with look.conn() as conn:
        rows = await logins(conn)
    people = people_in_sight(request)
    waiting = [(row, suggested(row, people)) for row in rows if row["waiting"]]
    joined = [(row, people.name(row["person"])) for row in rows if row["person"]]
    return render(request, "logins.html", waiting=waiting, joined=joined, called=_names(request))


@router.get("/akun/{login}", dependencies=[reads("intake.logins")])
async def one(login: LoginPath, request: Request, look: Look) -> Response:
    return await _one(request, look, login)


@router.post("/akun/{login}/hubungkan", dependencies=[does("intake.JoinLogin")])
async def join(login: LoginPath, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        await orders.join(act, login, str(form.get("person", "")).strip())
    except (Refused, Conflict) as error:
        return await _one(request, Looking(request, act.response), login, typed(form), _errors(error))
    return see_other(request, "/akun", _("Akun dihubungkan; pemiliknya dapat masuk sekarang."))


@router.post("/akun/{login}/putuskan", dependencies=[does("intake.PartLogin")])
async def part(login: LoginPath, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        await orders.part(act, login, str(form.get("reason", "")).strip())
    except (Refused, Conflict) as error:
        return await _one(request, Looking(request, act.response), login, typed(form), _errors(error))
    return see_other(request, "/akun", _("Hubungan diputuskan; semua sesinya berakhir."))


def _errors(error: Refused | Conflict) -> Sequence[FieldError]:
    return field_errors(error, {}, _("Akun ini berubah sejak Anda melihatnya. Periksa lagi, lalu putuskan."))


def _names(request: Request) -> Mapping[str, str]:
    """What the providers of this installation are called, by their issuers."""
    return {provider.issuer: provider.name for provider in running_of(request).settings.providers}


async def _one(
    request: Request,
    look: Looking,
    login: str,
    values: Mapping[str, str] | None = None,
    errors: Sequence[FieldError] = (),
) -> Response:
    async with look.conn() as conn:
        row: Row | None = await login_of(conn, login)
    if row is None:
        raise NotFound
    people = running_of(request).people
    here = people_in_sight(request)
    others = sorted(here.persons.values(), key=lambda person: (person.name, person.id))
    return render(
        request,
        "login_one.html",
        status_code=422 if errors else 200,
        login=row,
        called=_names(request),
        person=people.name(row["person"]),
        decided_by=people.name(row["decided_by"]),
        suggested=suggested(row, here),
        choices=[(one.id, f"{one.name} ({people.of(one.region).agency_name(one.agency)})") for one in others],
        may_join=look.may("intake.JoinLogin"),
        may_part=look.may("intake.PartLogin"),
        may_end=look.may("intake.sessions"),
        values=values or {},
        errors=errors,
    )
