"""Which lock covers which, and what covers both."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.objects.port import Lock, Stored, key_of
from tests.support.memory_bucket import as_file

FIRST = datetime(2026, 2, 2, tzinfo=UTC)
locks = st.builds(
    Lock,
    st.sampled_from(["governance", "compliance"]),
    st.integers(0, 9).map(lambda days: FIRST + timedelta(days=days)),
)


def test_compliance_covers_governance_and_not_the_other_way_round() -> None:
    strict, mild = Lock("compliance", FIRST), Lock("governance", FIRST)
    assert strict.covers(mild)
    assert not mild.covers(strict)


def test_a_shorter_lock_covers_no_longer_one() -> None:
    assert not Lock("compliance", FIRST).covers(Lock("governance", FIRST + timedelta(seconds=1)))


@given(locks, locks)
def test_two_locks_joined_cover_both_and_ask_for_nothing_more(one: Lock, other: Lock) -> None:
    joined = one.joined(other)
    assert joined.covers(one)
    assert joined.covers(other)
    assert joined == other.joined(one)
    assert joined.until in {one.until, other.until}
    assert joined.mode in {one.mode, other.mode}


def test_a_lock_joined_with_none_is_itself() -> None:
    assert Lock("governance", FIRST).joined(None) == Lock("governance", FIRST)


def test_a_stored_version_becomes_the_file_that_events_carry() -> None:
    stored = Stored(key=key_of("ab12"), version="v", size=3, media_type="text/plain")
    file = as_file(stored, "surat.txt")
    assert (file.digest, file.name, file.media_type, file.size) == ("ab12", "surat.txt", "text/plain", 3)
