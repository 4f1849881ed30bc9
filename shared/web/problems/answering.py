"""Which problem an exception is for the caller; what nobody foresaw says nothing about the inside.

An event's way, hop 1. Previous hop: whatever was raised behind a route. Next hop: `middleware/answers.py`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import CommandReused, Conflict, TooBusy
from shared.web.acting import PreconditionInvalid
from shared.web.middleware import outages
from shared.web.paging import CursorInvalid
from shared.web.past.looking_back import NoSuchMoment
from shared.web.positions import NotYetThere, PositionInvalid
from shared.web.problems import at_the_door
from shared.web.problems.fields import conflict, invalid, refused
from shared.web.problems.shape import FileDamaged, NotFound, Problem
from shared.web.problems.stated import (
    BAD_REQUEST,
    BY_STATUS,
    MOMENTS,
    NOT_FOUND,
    OUTAGES,
    UNEXPECTED,
    Stated,
)
from shared.web.words.i18n import later


def of(error: Exception) -> Problem:
    """The problem that an exception is for the caller.
    Anything unexpected is a 500 that says nothing about the inside.
    """
    for kind, answer in _ANSWERS.items():
        if isinstance(error, kind):
            return answer(error)
    return OUTAGES.get(outages.kind_of(error), UNEXPECTED).problem()


_TOO_MUCH = re.compile("too many|exceeded|maximum|too large", re.IGNORECASE)
"""What the reader of forms says of one that is larger than `forms.csrf.LIMITS`."""


def http(error: HTTPException) -> Problem:
    """What the web framework itself refuses. Too much of a form is 413, not its 400."""
    too_much = error.status_code == 400 and _TOO_MUCH.search(str(error.detail))
    status = 413 if too_much else error.status_code
    stated = BY_STATUS.get(status) or (BAD_REQUEST if 400 <= status < 500 else UNEXPECTED)
    return replace(stated.problem(error.headers), status=status)


_ANSWERS: Mapping[type[Exception], Callable[[Any], Problem]] = {
    **at_the_door.ANSWERS,
    Refused: refused,
    Conflict: conflict,
    RequestValidationError: lambda error: invalid(error.errors()),
    HTTPException: http,
    NotFound: NOT_FOUND,
    NoSuchMoment: lambda error: MOMENTS[error.code].problem(),
    FileDamaged: Stated(
        410,
        "file-damaged",
        later("Berkas rusak"),
        later(
            "Isi berkas ini di penyimpanan bukan lagi yang dicatat, jadi tidak diberikan. "
            "Beri tahu operator; salinan lain mungkin masih utuh."
        ),
    ),
    CommandReused: Stated(
        422,
        "idempotency-key-reused",
        later("Kunci sudah terpakai"),
        later("Idempotency-Key ini sudah dipakai untuk perintah lain. Pakai kunci baru."),
    ),
    TooBusy: OUTAGES["too-busy"],
    NotYetThere: Stated(
        503,
        "position-not-reached",
        later("Data belum sampai"),
        later("Catatan terbaru belum terbaca di layanan ini. Coba lagi sebentar."),
        headers={"Retry-After": "2"},
    ),
    PositionInvalid: Stated(
        400, "position-invalid", later("Permintaan keliru"), later("Jejak-Position tidak terbaca.")
    ),
    PreconditionInvalid: Stated(
        400, "if-match-invalid", later("Permintaan keliru"), later("If-Match tidak menyebut versi.")
    ),
    CursorInvalid: Stated(
        400, "cursor-invalid", later("Permintaan keliru"), later("Penanda halaman tidak dikenal.")
    ),
}
KNOWN: tuple[type[Exception], ...] = (*_ANSWERS, *outages.KNOWN)
