"""What is to be mended: a field that a rule refused, one of another shape than was asked for, an old version.

An event's way, hop 1. Previous hop: `answering.py`, which knows the exception. Next hop: whoever gave it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import Conflict
from shared.eventsourcing.recorded import Recorded
from shared.web.problems.shape import FieldError, Problem, sentence_of
from shared.web.running import facts
from shared.web.words.i18n import gettext as _
from shared.web.words.i18n import later


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
    (
        "text_glyph",
        later("Huruf “{glyph}” tidak ada dalam huruf cetak yang tersedia; ganti penulisannya."),
    ),
    ("text_secret", later("Ada rahasia token di sini. Hapus, dan akhiri token itu: ia sudah terlihat.")),
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
    context = {
        "ge": "",
        "le": "",
        "expected": "",
        "longest": "",
        "sign": "",
        "glyph": "",
        **(error.get("ctx") or {}),
    }
    context = {**context, "ge": context.get("gt", context["ge"]), "le": context.get("lt", context["le"])}
    return next(
        _(sentence) for kind, sentence in _SENTENCES if str(error.get("type", "")).startswith(kind)
    ).format(**facts(context))


def conflict(error: Conflict) -> Problem:
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
