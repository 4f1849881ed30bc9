"""Signing in by an identity provider, there and back in the browser (authorization code with PKCE), and out.

Serves every SOP step. Previous hop: the sign-in page, or the provider by way of the browser. Next hop:
`login/admitting.py`. What a provider sends is judged by `shared/access/oidc/tokens.py`.
"""

import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated
from urllib.parse import quote, urlencode

import structlog
from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse

from services.intake.login.admitting import admit
from services.intake.login.asked_again import Grant
from shared.access.oidc.asking import Asking, CodeRefused, ProviderAway, Tokens
from shared.access.oidc.attempt import LASTS_S, Attempt, Seal
from shared.access.oidc.tokens import Identity, TokenRefused, identity_of, key_id, signed
from shared.access.session import EndedMeanwhile
from shared.contracts.fields import Text
from shared.web.declared import public
from shared.web.for_pages import NotFound, now_of, render, running_of
from shared.web.forms.csrf import came_from_here
from shared.web.forms.fields import Checked
from shared.web.forms.sent_form import inside
from shared.web.running import is_https
from shared.web.signin import FAREWELL
from shared.web.words.i18n import later

router = APIRouter()
log = structlog.get_logger()

ProviderPath = Annotated[
    str, Checked(Text(31, pattern=r"[a-z0-9-]+")), Path(description="id of a provider in its file")
]
Told = Annotated[str, Checked(Text(8_000))]
LONGEST_COOKIE = 3_800
"""What a browser surely keeps."""
CLOCK, DENIED = "clock", "denied"
WHY: Mapping[str, str] = {
    "state": later(
        "Upaya masuk ini tidak dimulai di peramban ini, atau dimulai lebih dari sepuluh menit yang lalu. "
        "Mulailah lagi dari sini."
    ),
    DENIED: later("Penyedia identitas tidak mengizinkan, atau Anda membatalkannya."),
    CLOCK: later(
        "Jam penyedia identitas dan jam Jejak berbeda terlalu jauh. Beri tahu operator; salah satunya harus "
        "dibetulkan."
    ),
    "ended": later("Anda sudah keluar di penyedia identitas selagi masuk di sini. Masuklah lagi."),
    "": later("Jawaban penyedia identitas tidak dapat dipercaya, jadi tidak dipakai. Cobalah masuk lagi."),
}
"""What a person is told, by the code of what was wrong; how exactly is for the log alone."""


@router.get("/masuk/oidc/{provider}", dependencies=[public()])
async def begin(provider: ProviderPath, request: Request, ke: str = "/") -> Response:
    """Sends the browser to the provider. From a foreign page, and while the provider is away, to the sign-in
    page first, which says so.
    """
    asking, target = _asking(request, provider), inside(ke)
    try:
        addresses = await asking.addresses() if came_from_here(request) else None
    except ProviderAway:
        addresses = None
    if addresses is None:
        return _there(f"/masuk?ke={quote(target)}")
    attempt = Attempt(provider=provider, target=target)
    asked = {
        "response_type": "code",
        "redirect_uri": _back_to(request, provider),
        "code_challenge": attempt.challenge,
        "code_challenge_method": "S256",
        **{name: getattr(asking.provider, name) for name in ("client_id", "scope")},
        **{name: getattr(attempt, name) for name in ("state", "nonce")},
    }
    answer = _there(_with(str(addresses["authorization_endpoint"]), asked))
    answer.set_cookie(
        _cookie(request), _seal(request).seal(attempt), max_age=LASTS_S, httponly=True, samesite="lax",
        secure=is_https(request),
    )  # fmt: skip
    return answer


@router.get("/masuk/kembali/{provider}", dependencies=[public()])
async def back(
    provider: ProviderPath,
    request: Request,
    code: Told = "",
    state: Told = "",
    iss: Told = "",
    error: Told = "",
) -> Response:
    """Where the provider sends the browser back to: once, to the browser that began."""
    asking = _asking(request, provider)
    attempt = _seal(request).open(request.cookies.get(_cookie(request), ""))
    try:
        begun = _begun(attempt, provider, state, denied=bool(error) or not code)
        identity, tokens = await _identity(request, asking, begun, code, iss)
        answer = await admit(request, identity, begun.target, Grant(provider, tokens.refresh_token))
    except (TokenRefused, EndedMeanwhile, CodeRefused) as refusal:
        answer = _refused(request, asking, refusal)
    except ProviderAway:
        answer = _there(f"/masuk?ke={quote(attempt.target if attempt else '/')}")
    else:
        if answer.status_code == 303:
            _keep_for_farewell(request, answer, asking, tokens)
    answer.delete_cookie(_cookie(request), path="/", secure=is_https(request), httponly=True, samesite="lax")
    return answer


@router.get("/keluar/penyedia", dependencies=[public()])
async def farewell(request: Request) -> Response:
    """After signing out here: on to signing out at the provider, where this browser came in by one."""
    kept = _seal(request).opened(request.cookies.get(FAREWELL, ""))
    provider, _, id_token = kept.partition("\n")
    asking, address = request.app.state.providers.get(provider), ""
    if asking is not None and came_from_here(request):
        address = await _end_session(request, asking, id_token)
    answer: Response = _there("/masuk")
    if address:
        answer = render(request, "signed_out.html", called=asking.provider.name, address=address)
        answer.headers["Refresh"] = f"0; url={address}"
    answer.delete_cookie(FAREWELL, path="/keluar", secure=is_https(request), httponly=True, samesite="lax")
    return answer


def _begun(attempt: Attempt | None, provider: str, state: str, *, denied: bool) -> Attempt:
    """The attempt that this browser began at this provider. Raises TokenRefused."""
    if attempt is None or attempt.provider != provider or not _same(attempt.state, state):
        raise TokenRefused("state")
    if denied:
        raise TokenRefused(DENIED)
    return attempt


async def _end_session(request: Request, asking: Asking, id_token: str) -> str:
    try:
        address = (await asking.addresses()).get("end_session_endpoint")
    except ProviderAway:
        return ""
    home = running_of(request).settings.public_url.rstrip("/")
    said = {"id_token_hint": id_token, "client_id": asking.provider.client_id}
    return _with(str(address), {**said, "post_logout_redirect_uri": f"{home}/masuk"}) if address else ""


async def _identity(
    request: Request, asking: Asking, attempt: Attempt, code: str, iss: str
) -> tuple[Identity, Tokens]:
    """Who the provider says that is. Raises TokenRefused, CodeRefused, ProviderAway."""
    addresses = await asking.addresses()
    says_who = addresses.get("authorization_response_iss_parameter_supported") is True
    if (iss or says_who) and iss != asking.provider.issuer:
        raise TokenRefused("issuer")
    tokens = await asking.exchange(code, attempt.verifier, _back_to(request, attempt.provider))
    key = await asking.key(key_id(tokens.id_token))
    identity = identity_of(
        signed(tokens.id_token, key),
        asking.provider,
        attempt.nonce,
        tokens.access_token,
        alg=key.algorithm_name,
        now=now_of(request),
    )
    return identity, tokens


def _refused(request: Request, asking: Asking, refusal: Exception) -> Response:
    kind = {EndedMeanwhile: "ended", CodeRefused: "code"}.get(type(refusal), "")
    code = kind or getattr(refusal, "code", "")
    log.warning("sign-in-refused", provider=asking.provider.id, cause=code)
    return render(
        request,
        "sign_in_refused.html",
        status_code=400,
        why=WHY.get(code, WHY[""]),
        called=asking.provider.name,
    )


def _keep_for_farewell(request: Request, answer: Response, asking: Asking, tokens: Tokens) -> None:
    """What the provider wants to see when this browser signs out there; only the way out gets it."""
    sealed = _seal(request).closed(f"{asking.provider.id}\n{tokens.id_token}")
    longest = running_of(request).sessions.longest
    if len(sealed) <= LONGEST_COOKIE:
        answer.set_cookie(
            FAREWELL, sealed, max_age=int(longest / timedelta(seconds=1)), path="/keluar", httponly=True,
            samesite="lax", secure=is_https(request),
        )  # fmt: skip


def _asking(request: Request, provider: str) -> Asking:
    found: Asking | None = request.app.state.providers.get(provider)
    if found is None:
        raise NotFound
    return found


def _seal(request: Request) -> Seal:
    seal: Seal = request.app.state.seal
    return seal


def _cookie(request: Request) -> str:
    """By https one that no other host can plant: whose attempt this is decides who somebody becomes."""
    return f"{'__Host-' if is_https(request) else ''}jejak_upaya"


def _back_to(request: Request, provider: str) -> str:
    return f"{running_of(request).settings.public_url.rstrip('/')}/masuk/kembali/{provider}"


def _with(address: str, said: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(said)}"


def _there(address: str) -> RedirectResponse:
    return RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode("utf-8", "replace"))
