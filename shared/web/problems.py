"""Problems as RFC 9457: a stable `type`, a title, a sentence, and the fields to mend.
JSON for programs, a page for people, never a stack trace.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from shared.access.people import ROLES
from shared.access.permissions import Forbidden
from shared.access.session import AccessAway
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import CommandReused, Conflict, TooBusy
from shared.eventsourcing.recorded import Recorded
from shared.web.acting import PreconditionInvalid
from shared.web.forms.csrf import ForeignRequest
from shared.web.middleware import outages
from shared.web.paging import CursorInvalid
from shared.web.positions import NotYetThere, PositionInvalid
from shared.web.running import facts
from shared.web.visitor import NotSignedIn
from shared.web.words.i18n import gettext as _
from shared.web.words.i18n import later

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:jejak:problem:"


class NotFound(Exception):
    """There is nothing here that this person may see; whether it exists is not said."""


class FileDamaged(Exception):
    """The store has this file no more as it was: its bytes are others, or it cannot read them."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field to mend: its name as in the request (`figure.served`),
    and a sentence that says what to do.
    """

    field: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`code` is stable and ends the type URI; `more` are further members of the JSON."""

    status: int
    code: str
    title: str
    detail: str
    errors: tuple[FieldError, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self, instance: str, request: str = "") -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": f"{TYPE}{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if instance:
            body["instance"] = instance
        if request:
            body["request"] = request
        if self.errors:
            body["errors"] = [{"field": error.field, "detail": error.sentence} for error in self.errors]
        return {**body, **self.more}


def of(error: Exception) -> Problem:
    """The problem that an exception is for the caller.
    Anything unexpected is a 500 that says nothing about the inside.
    """
    for kind, answer in _ANSWERS.items():
        if isinstance(error, kind):
            return answer(error)
    return _OUTAGES.get(outages.kind_of(error), _UNEXPECTED).problem()


def refused(error: Refused) -> Problem:
    """A rule said no: 422, or 409 where the case is not in a state for it (codes `already-…`, `…-closed`,
    `…-conflict`).
    """
    conflict = error.code.startswith("already-") or error.code.endswith(("-closed", "-conflict"))
    sentence = sentence_of(error)
    return Problem(
        status=409 if conflict else 422,
        code=error.code,
        title=_("Ditolak aturan"),
        detail=sentence,
        errors=(FieldError(error.field, sentence),) if error.field else (),
    )


def sentence_of(error: Refused) -> str:
    """The sentence of a refusal in the language of this request."""
    try:
        return _(error.sentence).format(**facts(error.facts))
    except (KeyError, IndexError, ValueError):
        return str(error)


def field_errors(
    error: Refused | Conflict, places: Mapping[str, str], changed: str
) -> tuple[FieldError, ...]:
    """A refusal beside the field that it means, by its name in the form (`places`, else its own);
    a conflict as the sentence `changed` on top.
    """
    if isinstance(error, Conflict):
        return (FieldError("", changed),)
    return (FieldError(places.get(error.field or "", error.field or ""), sentence_of(error)),)


def _forbidden(error: Forbidden) -> Problem:
    offices = ", ".join(_(ROLES[role]) for role in error.allowed)
    detail = (
        _("Ini tugas {offices}.").format(offices=offices) if offices else _("Anda tidak berwenang untuk ini.")
    )
    return Problem(status=403, code="forbidden", title=_("Bukan wewenang Anda"), detail=detail)


def invalid(errors: Sequence[Any]) -> Problem:
    """Input that has not the right shape: every field with a sentence."""
    found = tuple(FieldError(_path(error["loc"]), _sentence(error)) for error in errors)
    return Problem(
        status=422,
        code="invalid-input",
        title=_("Isian keliru"),
        detail=_("Periksa isian yang ditandai."),
        errors=found,
    )


def _path(location: Sequence[str | int]) -> str:
    """The name of a field as it can be written, whatever somebody called it."""
    named = ".".join(str(part) for part in location[1:]) or str(location[0])
    return named.encode("utf-8", "backslashreplace").decode()[:_LONGEST_NAME]


_LONGEST_NAME = 200


# The first entry whose text begins the kind of a pydantic error gives the sentence.
_SENTENCES = (
    ("missing", later("Wajib diisi.")),
    ("int", later("Harus bilangan bulat, tanpa huruf.")),
    ("decimal", later("Harus bilangan bulat, tanpa huruf.")),
    ("text_too_long", later("Terlalu panjang: paling banyak {longest} huruf.")),
    ("text_not_plain", later("Ada tanda yang tidak dapat disimpan ({sign}); hapus, lalu tulis ulang.")),
    ("text_malformed", later("Bentuknya bukan seperti yang diminta di sini.")),
    ("date", later("Harus tanggal yang ada, misalnya 2026-02-17.")),
    ("greater_than", later("Paling sedikit {ge}.")),
    ("less_than", later("Paling banyak {le}.")),
    ("string_too_short", later("Terlalu pendek atau kosong.")),
    ("too_short", later("Terlalu pendek atau kosong.")),
    ("string_too_long", later("Terlalu panjang.")),
    ("too_long", later("Terlalu panjang.")),
    ("literal_error", later("Pilih salah satu: {expected}.")),
    ("enum", later("Pilih salah satu: {expected}.")),
    ("extra_forbidden", later("Isian ini tidak dikenal.")),
    ("json", later("JSON tidak terbaca.")),
    ("", later("Isian ini tidak dapat dibaca.")),
)


def _sentence(error: Mapping[str, Any]) -> str:
    context = {"ge": "", "le": "", "expected": "", "longest": "", "sign": "", **(error.get("ctx") or {})}
    context = {**context, "ge": context.get("gt", context["ge"]), "le": context.get("lt", context["le"])}
    return next(
        _(sentence) for kind, sentence in _SENTENCES if str(error.get("type", "")).startswith(kind)
    ).format(**facts(context))


@dataclass(frozen=True, slots=True)
class _Stated:
    """A problem that always reads the same; its sentences are translated when it is given."""

    status: int
    code: str
    title: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def problem(self, headers: Mapping[str, str] | None = None) -> Problem:
        return Problem(
            status=self.status,
            code=self.code,
            title=_(self.title),
            detail=_(self.detail),
            headers={**self.headers, **(headers or {})},
        )

    def __call__(self, _error: Any) -> Problem:
        return self.problem()


_NOT_FOUND = _Stated(
    404,
    "not-found",
    later("Tidak ditemukan"),
    later("Tidak ada yang dapat ditampilkan di alamat ini untuk Anda."),
)
_UNEXPECTED = _Stated(
    500,
    "unexpected",
    later("Ada yang salah di pihak Jejak"),
    later("Tidak ada yang hilang. Coba lagi; bila berulang, sampaikan waktu kejadian kepada operator."),
)
_OUTAGES: Mapping[str, _Stated] = {
    code: _Stated(503, code, title, detail, headers={"Retry-After": after})
    for code, title, detail, after in (
        (
            "database-away",
            later("Basis data tidak menjawab"),
            later("Tidak ada yang hilang: yang sudah dicatat tetap ada. Coba lagi sebentar."),
            "5",
        ),
        (
            "store-away",
            later("Penyimpanan berkas tidak menjawab"),
            later("Tidak ada yang berubah. Coba lagi sebentar."),
            "5",
        ),
        (
            "storage-full",
            later("Penyimpanan penuh"),
            later("Tidak ada yang dicatat. Sampaikan kepada operator, lalu coba lagi."),
            "60",
        ),
        (
            "too-slow",
            later("Terlalu lama"),
            later("Permintaan ini memakan waktu terlalu lama dan dihentikan. Persempit, atau coba lagi."),
            "5",
        ),
        (
            "too-busy",
            later("Sedang ramai"),
            later("Data ini sedang diubah banyak orang. Coba lagi sebentar."),
            "1",
        ),
    )
}
_BAD_REQUEST = _Stated(
    400, "bad-request", later("Permintaan keliru"), later("Permintaan ini tidak dapat dibaca.")
)
_BY_STATUS = {
    404: _NOT_FOUND,
    405: _Stated(
        405, "method-not-allowed", later("Cara ini tidak ada"), later("Alamat ini tidak menerima cara itu.")
    ),
    413: _Stated(
        413,
        "too-large",
        later("Kiriman terlalu besar"),
        later("Berkas atau isian melebihi batas. Perkecil, lalu kirim lagi."),
    ),
    421: _Stated(
        421,
        "wrong-host",
        later("Nama alamat tidak dikenal"),
        later("Jejak tidak melayani nama alamat ini. Pakai alamat yang diberikan operator."),
    ),
    428: _Stated(
        428,
        "what-was-seen-missing",
        later("Belum disebut apa yang dilihat"),
        later(
            "Sebutkan sidik yang Anda lihat (digest) atau versinya (If-Match), "
            "agar yang diserahkan tidak lain daripada yang dilihat."
        ),
    ),
    503: _OUTAGES["store-away"],
    415: _Stated(
        415, "unsupported-media-type", later("Jenis isi tidak diterima"), later("Kirim sebagai JSON.")
    ),
}


def http(error: HTTPException) -> Problem:
    """What the web framework itself refuses."""
    stated = _BY_STATUS.get(error.status_code) or (
        _BAD_REQUEST if 400 <= error.status_code < 500 else _UNEXPECTED
    )
    return replace(stated.problem(error.headers), status=error.status_code)


def _conflict(error: Conflict) -> Problem:
    return Problem(
        status=412,
        code="version-conflict",
        title=_("Sudah diubah orang lain"),
        detail=_("Data ini berubah sejak Anda membukanya. Muat ulang, periksa perubahannya, lalu ulangi."),
        more={
            "expected": error.expected,
            "actual": error.actual,
            "changed": [_change(recorded) for recorded in error.changed],
        },
    )


def _change(recorded: Recorded) -> dict[str, Any]:
    """One event that came in between: what, which version, when; the field it changed where it names one."""
    named = {
        key: getattr(recorded.event, key) for key in ("service", "revision") if hasattr(recorded.event, key)
    }
    actor = recorded.metadata.actor.person
    return {
        "version": recorded.version,
        "type": recorded.type,
        "at": recorded.recorded_at.isoformat(),
        "by": actor,
        **named,
    }


_ANSWERS: Mapping[type[Exception], Callable[[Any], Problem]] = {
    Refused: refused,
    Forbidden: _forbidden,
    Conflict: _conflict,
    RequestValidationError: lambda error: invalid(error.errors()),
    HTTPException: http,
    NotFound: _NOT_FOUND,
    FileDamaged: _Stated(
        410,
        "file-damaged",
        later("Berkas rusak"),
        later(
            "Isi berkas ini di penyimpanan bukan lagi yang dicatat, jadi tidak diberikan. "
            "Beri tahu operator; salinan lain mungkin masih utuh."
        ),
    ),
    NotSignedIn: _Stated(
        401,
        "not-signed-in",
        later("Belum masuk"),
        later("Masuk dahulu, lalu ulangi."),
        headers={"WWW-Authenticate": "Bearer"},
    ),
    ForeignRequest: _Stated(
        403,
        "foreign-request",
        later("Formulir tidak dikenali"),
        later(
            "Kiriman ini tidak berasal dari halaman Jejak, atau sesi Anda sudah berganti. "
            "Muat ulang halaman, lalu kirim lagi."
        ),
    ),
    AccessAway: _Stated(
        503,
        "access-away",
        later("Belum dapat memeriksa siapa Anda"),
        later("Daftar sesi sedang tidak menjawab. Tidak ada yang hilang; coba lagi sebentar."),
        headers={"Retry-After": "5"},
    ),
    CommandReused: _Stated(
        422,
        "idempotency-key-reused",
        later("Kunci sudah terpakai"),
        later("Idempotency-Key ini sudah dipakai untuk perintah lain. Pakai kunci baru."),
    ),
    TooBusy: _OUTAGES["too-busy"],
    NotYetThere: _Stated(
        503,
        "position-not-reached",
        later("Data belum sampai"),
        later("Catatan terbaru belum terbaca di layanan ini. Coba lagi sebentar."),
        headers={"Retry-After": "2"},
    ),
    PositionInvalid: _Stated(
        400, "position-invalid", later("Permintaan keliru"), later("Jejak-Position tidak terbaca.")
    ),
    PreconditionInvalid: _Stated(
        400, "if-match-invalid", later("Permintaan keliru"), later("If-Match tidak menyebut versi.")
    ),
    CursorInvalid: _Stated(
        400, "cursor-invalid", later("Permintaan keliru"), later("Penanda halaman tidak dikenal.")
    ),
}
KNOWN: tuple[type[Exception], ...] = (*_ANSWERS, *outages.KNOWN)
