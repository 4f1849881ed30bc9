"""What a provider says by itself, without a browser: that somebody signed out there (Back-Channel Logout).

Serves every SOP step. Previous hop: the provider. Next hop: the database of sessions; what ends there has
ended in all four services within two seconds.
"""

from datetime import timedelta

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from services.intake.login.provider_pages import ProviderPath
from shared.access.oidc.asking import Asking, ProviderAway
from shared.access.oidc.tokens import Logout, TokenRefused, key_id, logout_of, signed
from shared.web.declared import public
from shared.web.forms.csrf import form_of
from shared.web.problems.shape import NotFound
from shared.web.running import now_of, running_of

router = APIRouter()
log = structlog.get_logger()
KEEP = timedelta(days=8)
"""For how long what a provider ended stays ended, and its messages known: longer than any session lasts."""
LARGEST = 100_000


@router.post("/masuk/pamit/{provider}", max_body_size=LARGEST, dependencies=[public()])
async def signed_out_there(provider: ProviderPath, request: Request) -> Response:
    """200 for a message that is believed, also where nobody of it is signed in here; 400 for any other."""
    asking: Asking | None = request.app.state.providers.get(provider)
    if asking is None:
        raise NotFound
    try:
        token = str((await form_of(request)).get("logout_token", ""))
        said = await _said(request, asking, token)
    except (HTTPException, RequestValidationError):
        return _not_believed(asking, "malformed")
    except TokenRefused as refusal:
        return _not_believed(asking, refusal.code)
    except ProviderAway as away:
        log.warning("logout-unchecked", provider=provider, cause=str(away))
        return _answer(503, {"error": "temporarily_unavailable"}, {"Retry-After": "15"})
    ended = await running_of(request).sessions.provider_signs_out(
        said.message, said.login, said.provider_session, said.issued_at, KEEP
    )
    if ended is None:
        return _not_believed(asking, "replayed")
    log.info("provider-signed-out", provider=provider, login=said.login[:8], ended=ended)
    return _answer(200, {})


async def _said(request: Request, asking: Asking, token: str) -> Logout:
    key = await asking.key(key_id(token))
    return logout_of(signed(token, key), asking.provider, now=now_of(request))


def _not_believed(asking: Asking, code: str) -> Response:
    log.warning("logout-refused", provider=asking.provider.id, cause=code)
    return _answer(400, {"error": "invalid_request", "error_description": f"logout_token: {code}"})


def _answer(status: int, body: dict[str, str], headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(body, status_code=status, headers={"Cache-Control": "no-store", **(headers or {})})
