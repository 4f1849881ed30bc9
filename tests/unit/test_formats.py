"""How dates and numbers read for a person."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from shared.web.words import formats
from shared.web.words.i18n import language


@pytest.fixture
def english() -> Iterator[None]:
    forget = language.set("en")
    yield
    language.reset(forget)


def test_a_day_is_written_the_indonesian_way() -> None:
    assert formats.day(date(2026, 2, 17)) == "Sel, 17 Feb 2026"


def test_a_day_may_stand_without_its_weekday() -> None:
    assert formats.day("2026-08-17", weekday=False) == "17 Agu 2026"


@pytest.mark.usefixtures("english")
def test_a_day_is_written_in_english_when_asked() -> None:
    assert formats.day(date(2026, 5, 19)) == "Tue, 19 May 2026"


def test_a_moment_late_in_utc_is_already_the_next_day_in_the_office() -> None:
    assert formats.moment(datetime(2026, 2, 16, 17, 30, tzinfo=UTC)) == "Sel, 17 Feb 2026 00.30 WIB"


def test_the_data_time_shows_seconds() -> None:
    assert formats.time(datetime(2026, 2, 17, 3, 42, 7, tzinfo=UTC), seconds=True) == "10.42.07 WIB"


@pytest.mark.parametrize(
    "show",
    [
        formats.day,
        formats.time,
        formats.moment,
        formats.number,
        formats.percent,
        formats.rupiah,
        formats.size,
    ],
)
def test_what_is_missing_is_a_dash_not_a_zero(show: object) -> None:
    assert callable(show)
    assert show(None) == "–"


def test_thousands_are_parted_by_points() -> None:
    assert formats.number(4075) == "4.075"
    assert formats.rupiah(1_250_000) == "Rp1.250.000"


@pytest.mark.usefixtures("english")
def test_thousands_are_parted_by_commas_in_english() -> None:
    assert formats.number(4075) == "4,075"


def test_a_share_is_rounded_half_up_at_the_rim_only() -> None:
    assert formats.percent(Fraction(4075, 4122)) == "98,86 %"
    assert formats.percent(Fraction(1, 8), places=0) == "13 %"


def test_not_quite_everything_never_reads_as_everything() -> None:
    assert formats.percent(Fraction(99998, 100000)) == "99,99 %"
    assert formats.percent(Fraction(999999, 1000000)) == "99,99 %"
    assert formats.percent(Fraction(1)) == "100,00 %"


@pytest.mark.parametrize(
    ("bytes_", "words"),
    [(820, "820 B"), (12_400, "12,4 KB"), (3_149_000, "3,1 MB"), (Decimal(5) * 10**9, "5,0 GB")],
)
def test_the_size_of_a_file_is_short(bytes_: int, words: str) -> None:
    assert formats.size(bytes_) == words


def test_a_duration_is_the_words_of_the_sop() -> None:
    assert formats.duration("5–10 hari kerja") == "5–10 hari kerja"


@pytest.mark.usefixtures("english")
def test_a_duration_is_put_into_english_when_asked() -> None:
    assert (
        formats.duration("30 menit (di tempat) atau 1–2 hari kerja (perjalanan dinas)")
        == "30 minutes (on the spot) or 1–2 working days (on a journey)"
    )
