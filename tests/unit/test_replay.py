"""Which moment comes next, and how an address keeps it."""

from datetime import UTC, datetime, timedelta

import pytest

from services.intake.replay.moments import CycleMoment, Way, towards
from shared.web.past.looking_back import at_moment, keeping, named_in

BEGUN = datetime(2026, 2, 2, 3, tzinfo=UTC)
STREAM = {"source": "intake", "stream": "cycle-3402-2026"}
MOMENTS = [
    CycleMoment({**STREAM, "version": number, "recorded_at": BEGUN + timedelta(hours=number)})
    for number in (1, 2, 3)
]
FIRST, SECOND, THIRD = MOMENTS


@pytest.mark.parametrize(
    ("way", "asked", "after", "expected"),
    [
        ("awal", "", None, FIRST),
        ("akhir", "", None, THIRD),
        ("maju", SECOND.named, None, THIRD),
        ("mundur", SECOND.named, None, FIRST),
        ("maju", THIRD.named, None, THIRD),
        ("mundur", FIRST.named, None, FIRST),
        ("maju", "2026-02-02T11:30", 1.5, SECOND),  # between two: the one before is what is seen
        ("mundur", "2026-02-02T11:30", 1.5, FIRST),
        ("maju", "2026-02-02T01:00", 0.5, FIRST),  # before all
        ("mundur", "2026-02-02T01:00", 0.5, FIRST),
        ("mundur", "", None, SECOND),  # from now, the last is what is seen
    ],
)
def test_the_next_moment(way: Way, asked: str, after: float | None, expected: CycleMoment) -> None:
    at = None if after is None else BEGUN + timedelta(hours=after)
    assert towards(MOMENTS, way, asked, at) is expected


def test_a_cycle_in_which_nothing_happened_has_no_moment() -> None:
    assert towards([], "awal", "", None) is None


def test_each_moment_has_an_address_of_its_own() -> None:
    assert FIRST.named == "intake:cycle-3402-2026@1~2026-02-02T11:00:00"
    assert len({one.named for one in MOMENTS}) == 3


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/siklus/3402-2026", "/siklus/3402-2026?pada=a:b-1@2~c"),
        ("/isian?siklus=3402-2026#kes", "/isian?siklus=3402-2026&pada=a:b-1@2~c#kes"),
        ("/x?pada=2026-02-02&pada_hari=x&pada_jam=1", "/x?pada=a:b-1@2~c"),
    ],
)
def test_an_address_at_another_moment(address: str, expected: str) -> None:
    assert at_moment(address, "a:b-1@2~c") == expected


def test_links_and_questions_keep_the_moment_and_nothing_else_does() -> None:
    page = (
        '<a href="/x">x</a><a href="/x?y=1#z">x</a><a href="?y=1">x</a><a data-now href="/x">now</a>'
        '<a href="#y">x</a><a href="https://a.example/">x</a><a href="/masuk?ke=/x">x</a>'
        '<link href="/static/a.css"><form method="get" action="/x"><form method="post" action="/y">'
    )
    kept = keeping(page, "2026-02-02")
    assert kept.count("pada=2026-02-02") == 3
    assert kept.count('name="pada" value="2026-02-02"') == 1
    others = ('href="#y"', 'href="https://a.example/"', 'href="/masuk?ke=/x"', '/static/a.css"')
    for untouched in ('data-now href="/x"', *others):
        assert untouched in kept


@pytest.mark.parametrize(
    ("path", "cycle"),
    [
        ("/siklus/3402-2026", "3402-2026"),
        ("/isian/submission-3402-2026-dinkes-tahunan", "3402-2026"),
        ("/verifikasi/verification-3402-2026-dinkes-tahunan/bukti", "3402-2026"),
        ("/dokumen", ""),
        ("/x/13402-2026", ""),
        ("/x/3402-20261", ""),
    ],
)
def test_the_cycle_of_a_path(path: str, cycle: str) -> None:
    assert named_in(path) == cycle
