"""What is said to whoever is not let in: nobody, somebody of another office, a form of another page, a token
that opens nothing or comes too fast.

An event's way, hop 1. Previous hop: `answering.py`. Next hop: `middleware/answers.py`.
"""

from collections.abc import Callable, Mapping
from math import ceil
from typing import Any

from shared.access.people import ROLES
from shared.access.permissions import Forbidden
from shared.access.session import AccessAway
from shared.access.tokens import TokenRefused, TooFast
from shared.web.forms.csrf import ForeignRequest
from shared.web.problems.shape import Problem
from shared.web.problems.stated import Stated
from shared.web.visitor import NotSignedIn
from shared.web.words.i18n import gettext as _
from shared.web.words.i18n import later

PERSON_DEMANDED = Stated(
    403,
    "person-demanded",
    later("Menuntut seorang pegawai"),
    later("Ini menuntut seorang pegawai; token tidak dapat melakukannya."),
)
_INVALID_TOKEN = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
TOKEN_MISTYPED = Stated(
    401,
    "token-mistyped",
    later("Token salah tulis"),
    later("Ini bukan token yang utuh: ada huruf yang hilang atau tertukar. Salin sekali lagi."),
    headers=_INVALID_TOKEN,
)
TOKEN_REFUSED = Stated(
    401,
    "token-refused",
    later("Token tidak berlaku"),
    later(
        "Token ini tidak membuka apa pun: diakhiri, habis masanya, pemegangnya tidak lagi menjabat, "
        "atau tidak dikirim sendiri di Authorization ke alamat /api/."
    ),
    headers=_INVALID_TOKEN,
)
TOO_FAST = Stated(
    429,
    "token-too-fast",
    later("Terlalu cepat"),
    later("Token ini datang terlalu cepat. Tunggu selama Retry-After, lalu lanjutkan."),
)


def _forbidden(error: Forbidden) -> Problem:
    if error.of_persons:
        return PERSON_DEMANDED.problem()
    offices = ", ".join(_(ROLES[role]) for role in error.allowed)
    detail = (
        _("Ini tugas {offices}.").format(offices=offices) if offices else _("Anda tidak berwenang untuk ini.")
    )
    return Problem(status=403, code="forbidden", title=_("Bukan wewenang Anda"), detail=detail)


def _token_refused(error: TokenRefused) -> Problem:
    return (TOKEN_MISTYPED if error.mistyped else TOKEN_REFUSED).problem()


def _too_fast(error: TooFast) -> Problem:
    return TOO_FAST.problem({"Retry-After": str(ceil(error.wait))})


ANSWERS: Mapping[type[Exception], Callable[[Any], Problem]] = {
    Forbidden: _forbidden,
    TokenRefused: _token_refused,
    TooFast: _too_fast,
    NotSignedIn: Stated(
        401,
        "not-signed-in",
        later("Belum masuk"),
        later("Masuk dahulu, lalu ulangi."),
        headers={"WWW-Authenticate": "Bearer"},
    ),
    ForeignRequest: Stated(
        403,
        "foreign-request",
        later("Formulir tidak dikenali"),
        later(
            "Kiriman ini tidak berasal dari halaman Jejak, atau sesi Anda sudah berganti. "
            "Muat ulang halaman, lalu kirim lagi."
        ),
    ),
    AccessAway: Stated(
        503,
        "access-away",
        later("Belum dapat memeriksa siapa Anda"),
        later("Daftar sesi sedang tidak menjawab. Tidak ada yang hilang; coba lagi sebentar."),
        headers={"Retry-After": "5"},
    ),
}
