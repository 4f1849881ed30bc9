"""What a command handler remembers of streams."""

from shared.eventsourcing.commands.remembered import Folded, Remembered


def test_the_stream_that_was_not_asked_for_longest_is_forgotten_first() -> None:
    remembered = Remembered(most=2)
    remembered.keep("a", Folded(1, "state of a"))
    remembered.keep("b", Folded(1, "state of b"))
    assert remembered.of("a") == Folded(1, "state of a")
    remembered.keep("c", Folded(1, "state of c"))
    assert [remembered.of(stream) is not None for stream in ("a", "b", "c")] == [True, False, True]


def test_what_is_kept_anew_takes_the_place_of_what_was_there_and_forgetting_is_no_error_twice() -> None:
    remembered = Remembered(most=2)
    remembered.keep("a", Folded(1, "one"))
    remembered.keep("a", Folded(2, "two"))
    assert remembered.of("a") == Folded(2, "two")
    remembered.forget("a")
    remembered.forget("a")
    assert remembered.of("a") is None
