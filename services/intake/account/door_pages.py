"""The pages of who is not in yet: signing in by name and password, the second factor, and the link by
which a password is set.

Serves every SOP step. Previous hop: a person's browser. Next hop: `account/entering.py` and
`account/second.py`. Whoever comes here is nobody yet; a foreign site cannot send these forms
(`shared/web/forms/csrf.py`).
"""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response

from services.intake.account import entering, second
from services.intake.account.entering import NotIn, Shown, Waiting
from services.intake.account.local import Local, local_of, personal
from services.intake.domain.account import Active, Invited
from shared.access.local import codes, passwords
from shared.access.local.limits import TooMany
from shared.access.local.passwords import LONGEST, SHORTEST, WeakPassword, prepared
from shared.access.people import Person
from shared.access.session import Entered
from shared.web import signin
from shared.web.declared import public
from shared.web.device import device_of
from shared.web.for_pages import (
    FieldError,
    NotFound,
    Refused,
    render,
    running_of,
    see_other,
    sentence_of,
    today_of,
)
from shared.web.for_pages import gettext as _
from shared.web.forms.sent_form import inside

router = APIRouter()
Errors = Sequence[FieldError]
Typed = Annotated[str, Form()]
AGAIN = "/masuk/kedua"


@router.get("/masuk/lokal", dependencies=[public()])
async def name_and_password(request: Request, ke: str = "/") -> Response:
    _opened(request)
    return _page(request, "local_sign_in.html", target=inside(ke), typed_name="")


@router.post("/masuk/lokal", dependencies=[public()])
async def enter(request: Request, name: Typed = "", password: Typed = "", ke: Typed = "/") -> Response:
    _opened(request)
    target = inside(ke)
    try:
        shown = await entering.show_password(request, name, password)
        return await _onwards(request, shown, target)
    except NotIn:
        sentence = _("Nama dan kata sandi ini tidak cocok. Periksa keduanya, lalu coba lagi.")
        error = FieldError("password", sentence)
        return _page(request, "local_sign_in.html", (error,), target=target, typed_name=name[:200])
    except TooMany as many:
        return _too_many(request, many, target=target, typed_name=name[:200])


@router.get("/masuk/kedua", dependencies=[public()])
async def second_factor(request: Request) -> Response:
    _opened(request)
    waiting = await entering.waiting(request)
    return _begin_again(request) if waiting is None else await _second_page(request, waiting)


@router.post("/masuk/kedua", dependencies=[public()])
async def show_second_factor(
    request: Request, otp: Typed = "", passkey_token: Typed = "", label: Typed = ""
) -> Response:
    _opened(request)
    try:
        waiting = await entering.waiting(request, tries=True)
    except TooMany as many:
        return _too_many(request, many, target="/", typed_name="")
    if waiting is None:
        return _begin_again(request)
    try:
        await _shown(request, waiting, otp, passkey_token, label)
    except second.WrongCode:
        return await _second_page(request, waiting, (wrong_code(),), label)
    except Refused as refusal:
        error = FieldError(refusal.field or "otp", sentence_of(refusal))
        return await _second_page(request, waiting, (error,), label)
    return await _through(request, waiting)


@router.get("/undangan", dependencies=[public()])
async def invitation(request: Request, token: str = "") -> Response:
    _opened(request)
    return _invitation_page(request, await _invited(request, token), token)


@router.post("/undangan", dependencies=[public()])
async def accept(
    request: Request, token: Typed = "", password: Typed = "", password_again: Typed = ""
) -> Response:
    """Sets the password that this link is for, once."""
    _opened(request)
    local, found = local_of(request), await _invited(request, token)
    if found is None:
        return _invitation_page(request, None, "")
    person, number = found
    try:
        chosen = chosen_password(request, person, password, password_again)
    except Refused as refusal:
        error = FieldError(refusal.field or "", sentence_of(refusal))
        return _invitation_page(request, found, token, (error,))
    if not await local.vault.use_invitation(token, await local.hashing.hash(chosen)):
        return _invitation_page(request, None, "")
    account = await entering.activate(local, person, number, today_of(request))
    if not isinstance(account.phase, Active):
        return _invitation_page(request, None, "")
    try:
        return await _onwards(request, entering.shown(request, person, account.phase), "/")
    except NotIn:
        return _begin_again(request)


def wrong_code() -> FieldError:
    return FieldError("otp", _("Kode atau kunci ini tidak berlaku. Tunggu kode berikutnya, lalu coba lagi."))


def chosen_password(request: Request, person: Person, password: str, again: str) -> str:
    """The password as it will be compared. Raises Refused for one that may not be chosen."""
    chosen = prepared(password[: LONGEST + 1])
    try:
        passwords.check(chosen, personal(request, person))
    except WeakPassword as weak:
        raise Refused("password-weak", weak.sentence, field="password", **weak.facts) from weak
    if prepared(again[: LONGEST + 1]) != chosen:
        raise Refused("password-differs", "Kedua kata sandi tidak sama. Ketik lagi.", field="password_again")
    return chosen


async def _onwards(request: Request, shown: Shown, target: str) -> Response:
    """In, where the password is enough and the person holds an office; else to the second factor."""
    if not shown.person.offices_on(today_of(request)):
        raise NotIn
    if shown.awaits is None:
        return await _let_in(request, shown.person, shown.account, target)
    return await entering.hand_ticket(request, see_other(request, AGAIN), shown, target)


async def _through(request: Request, waiting: Waiting) -> Response:
    """In, where this sign-in has not gone on elsewhere already."""
    await local_of(request).tries.forgive(entering.code_keys(request, waiting.person.id))
    try:
        if await entering.use_up(request, waiting):
            return await _let_in(request, waiting.person, waiting.account, waiting.target)
    except NotIn:
        pass
    return _begin_again(request)


async def _shown(request: Request, waiting: Waiting, otp: str, passkey: str, label: str) -> None:
    """Raises WrongCode, Refused."""
    person, account = waiting.person, waiting.account
    if waiting.awaits == "enrol" and passkey:
        await second.add_passkey(request, person, account, passkey, label)
    elif waiting.awaits == "enrol":
        await second.add_code(request, person, account, waiting.key, otp, label)
    elif passkey:
        await second.show_passkey(request, person.id, account, passkey)
    else:
        await second.show_code(request, person.id, account, otp)


async def _let_in(request: Request, person: Person, account: Active, target: str) -> Response:
    """A session under a new id; the one that the browser had has ended. Whoever recovered or closed the
    account meanwhile has ended its sessions before this one began, so it is looked at once more. Raises
    NotIn.
    """
    running = running_of(request)
    await signin.end_old(request)
    session = await running.sessions.start(person.id, Entered(device=device_of(request), way="local"))
    now = (await local_of(request).account(person.id)).phase
    if not isinstance(now, Active) or now.invitation != account.invitation:
        await running.sessions.end(session.id)
        raise NotIn
    answer = signin.keep(request, see_other(request, signin.home_of(request, person, target)), session)
    entering.forget_ticket(request, answer)
    entering.remember_device(request, answer, person.id)
    return answer


async def _invited(request: Request, token: str) -> tuple[Person, int] | None:
    """Whose link this is, while the account still waits for this very one."""
    local = local_of(request)
    found = await local.vault.invited(token) if len(token) < 100 else None
    person = running_of(request).people.find(found[0]) if found else None
    if found is None or person is None or (await local.account(person.id)).phase != Invited(found[1]):
        return None
    return person, found[1]


def _invitation_page(
    request: Request, found: tuple[Person, int] | None, token: str, errors: Errors = ()
) -> Response:
    person = found[0] if found else None
    status = 422 if errors else 200 if person else 410
    return render(
        request,
        "invitation.html",
        status_code=status,
        person=person,
        token=token,
        least=SHORTEST,
        errors=errors,
    )


async def _second_page(request: Request, waiting: Waiting, errors: Errors = (), label: str = "") -> Response:
    """What is asked of a sign-in that waits."""
    person, account = waiting.person, waiting.account
    if waiting.awaits == "enrol":
        task = await second.ask_new_passkey(request, person, account)
        return _page(
            request,
            "second_set.html",
            errors,
            **setting_up(local_of(request), person, waiting.key, task, label),
            back="",
        )
    task = await second.ask_passkey(request, person.id, account)
    by_code = any(one.means == "totp" for one in account.factors)
    return _page(request, "second_show.html", errors, task=task, by_code=by_code, person=person)


def setting_up(local: Local, person: Person, key: str, task: str, label: str) -> dict[str, Any]:
    """What the page shows on which a second factor is set up."""
    address = codes.address_of(key, person.id, f"Jejak {local.site.name}")
    return {
        "person": person,
        "key": " ".join(key[at : at + 4] for at in range(0, len(key), 4)),
        "picture": codes.picture_of(address),
        "task": task,
        "label": label[:200],
    }


def _page(request: Request, template: str, errors: Errors = (), **more: Any) -> Response:
    return render(request, template, status_code=422 if errors else 200, errors=errors, **more)


def _too_many(request: Request, many: TooMany, **more: Any) -> Response:
    error = FieldError("", too_many(many))
    answer = render(request, "local_sign_in.html", status_code=429, errors=(error,), **more)
    answer.headers["Retry-After"] = str(int(many.wait.total_seconds()) + 1)
    return answer


def too_many(many: TooMany) -> str:
    """The sentence about too many tries."""
    minutes = int(many.wait.total_seconds() // 60) + 1
    return _("Terlalu banyak percobaan. Coba lagi dalam {minutes} menit.").format(minutes=minutes)


def _begin_again(request: Request) -> Response:
    return see_other(request, "/masuk/lokal", _("Waktu untuk masuk sudah lewat. Mulailah lagi."))


def _opened(request: Request) -> None:
    """Raises NotFound where this installation has no local accounts."""
    if "local" not in running_of(request).settings.login:
        raise NotFound
