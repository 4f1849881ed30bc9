"""What a text, a number, a day or a moment of a command may be.

An event's way, hop 2. Previous hop: `checks.py`, which finds the type of a field and its rule. Next hop: it.
Pure. A value that follows from an event passes as it is, except for what no store can hold.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shared.contracts.fields import Day, NotPlain, Text, Whole, plain
from shared.eventsourcing.commands.decider import Refused

Check = Callable[[Any, str, "At"], Any]
SETTINGS = (date(2000, 1, 1), date(2100, 12, 31))
TEXT = Text()


@dataclass(frozen=True, slots=True)
class At:
    """When and for which case a command is given: acts from `since` to `today`, plans to `until`.
    `followed`: it follows from an event.
    """

    today: date
    since: date = SETTINGS[0]
    until: date = SETTINGS[1]
    followed: bool = False


def _text(mark: Text | None) -> Check:
    rule = mark or TEXT

    def check(value: Any, path: str, when: At) -> str:
        expect(value, str, path)
        if when.followed:
            return _storable(value, path)
        try:
            return plain(value, rule)
        except NotPlain as error:
            raise refusal(error, path) from None

    return check


def refusal(error: NotPlain, field: str) -> Refused:
    """What is wrong with a text, for the person who wrote it."""
    if error.code == "text-too-long":
        return Refused(
            "text-too-long", "Terlalu panjang: paling banyak {longest} huruf.", field=field, **error.facts
        )
    if error.code == "text-malformed":
        return Refused("text-malformed", "Bentuknya bukan seperti yang diminta di sini.", field=field)
    if error.code == "glyph-missing":
        return glyph_missing(str(error.facts["glyph"]), field)
    if error.code == "text-secret":
        return Refused(
            "text-secret",
            "Ada rahasia token di sini. Hapus, dan akhiri token itu: ia sudah terlihat.",
            field=field,
        )
    return Refused(
        "text-not-plain",
        "Ada tanda yang tidak dapat disimpan ({sign}); hapus, lalu tulis ulang.",
        field=field,
        **error.facts,
    )


def glyph_missing(glyph: str, field: str) -> Refused:
    """A text that is printed holds a sign that no letter can show."""
    return Refused(
        "glyph-missing",
        "Huruf “{glyph}” tidak ada dalam huruf cetak yang tersedia; ganti penulisannya.",
        field=field,
        glyph=glyph,
    )


def _storable(text: str, path: str) -> str:
    """What PostgreSQL cannot hold at all; it can never have come from an event,
    so nobody's history waits for it.
    """
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise refusal(NotPlain("text-not-plain", sign="U+0000"), path)
    return text


def _whole(mark: Whole | None) -> Check:
    rule = mark or Whole()

    def check(value: Any, path: str, when: At) -> int:
        expect(value, int, path)
        least, most = (Whole().least, Whole().most) if when.followed else (rule.least, rule.most)
        if not least <= value <= most:
            raise Refused(
                "number-out-of-range",
                "Bilangan ini di luar batas: dari {least} sampai {most}.",
                field=path,
                least=least,
                most=most,
            )
        return int(value)

    return check


def _day(mark: Day | None) -> Check:
    kind = (mark or Day()).kind

    def check(value: Any, path: str, when: At) -> date:
        expect(value, date, path)
        if when.followed:
            return value  # type: ignore[no-any-return]
        first, last = (when.since, when.until if kind == "planned" else when.today)
        if value > last and kind == "act":
            raise Refused("day-to-come", "Tanggal ini belum terjadi.", field=path)
        if value < first and kind == "act":
            raise Refused(
                "day-too-early",
                "Tanggal ini terlalu lama: paling awal {first}, setahun sebelum tahun siklusnya.",
                field=path,
                first=first,
            )
        if not first <= value <= last:
            raise Refused(
                "day-out-of-range",
                "Tanggal ini di luar batas: dari {first} sampai {last}.",
                field=path,
                first=first,
                last=last,
            )
        return value  # type: ignore[no-any-return]

    return check


def _moment(_mark: None) -> Check:
    def check(value: Any, path: str, _when: At) -> datetime:
        expect(value, datetime, path)
        if value.tzinfo is None:
            raise Refused("moment-without-zone", "Waktu ini tidak menyebut zona waktunya.", field=path)
        return value  # type: ignore[no-any-return]

    return check


def _flag(_mark: None) -> Check:
    def check(value: Any, path: str, _when: At) -> bool:
        expect(value, bool, path)
        return bool(value)

    return check


PLAIN: Mapping[type, Callable[[Any], Check]] = {
    str: _text,
    int: _whole,
    date: _day,
    datetime: _moment,
    bool: _flag,
}
MARKS: Mapping[type, type] = {str: Text, int: Whole, date: Day, datetime: type(None), bool: type(None)}


def expect(value: Any, kind: type, path: str) -> None:
    """Exactly this type: a bool is no number, a moment no day."""
    if type(value) is not kind:
        raise not_of_its_kind(path)


def not_of_its_kind(path: str) -> Refused:
    return Refused("not-of-its-kind", "Isian ini tidak dapat dibaca.", field=path.rstrip("."))
