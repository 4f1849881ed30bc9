"""How many copies of a topic there should be, and what is said where there are fewer."""

import pytest

from shared.messaging.copies import SENTENCES, Copies, CopiesWatch, copies_of, least_in_sync, wanted
from shared.messaging.topics import SHORT
from shared.troubles import Troubles

TOPIC = "jejak.events.intake"


@pytest.mark.parametrize(
    ("brokers", "copies", "least"), [(0, 1, 1), (1, 1, 1), (2, 2, 1), (3, 3, 2), (7, 3, 2)]
)
def test_a_topic_has_a_copy_on_each_of_three_brokers_and_one_may_be_away(
    brokers: int, copies: int, least: int
) -> None:
    assert wanted(brokers) == copies
    assert least_in_sync(copies) == least


@pytest.mark.parametrize(
    ("found", "names"),
    [
        (Copies(TOPIC, 1, 1, 1), []),
        (Copies(TOPIC, 3, 3, 3, 2), []),
        (Copies(TOPIC, 3, 3, 3), []),
        (Copies(TOPIC, 2, 3, 3, 2), []),
        (Copies(TOPIC, 2, 3, 2, 2), ["topic-behind"]),
        (Copies(TOPIC, 3, 1, 1, 1), ["topic-copies"]),
        (Copies(TOPIC, 3, 2, 2, 1), ["topic-copies"]),
        (Copies(TOPIC, 3, 3, 3, 1), ["topic-lax"]),
        (Copies(TOPIC, 3, 3, 0, 1), ["topic-behind", "topic-lax"]),
    ],
)
def test_what_falls_short_is_said_and_nothing_else(found: Copies, names: list[str]) -> None:
    assert [name for name, _ in found.short()] == names


def test_everything_that_falls_short_has_its_sentences() -> None:
    facts = {"topic": TOPIC, "found": "1", "wanted": "3"}
    for sentences in (SENTENCES, SHORT):
        assert set(sentences) == {"topic-copies", "topic-behind", "topic-lax"}
        assert all(TOPIC in sentence.format(**facts) for sentence in sentences.values())


def test_the_worst_partition_counts_and_a_topic_that_is_not_there_does_not() -> None:
    def described(code: int, *parts: tuple[int, int]) -> dict[str, object]:
        partitions = [{"replicas": [0] * many, "isr": [0] * here} for many, here in parts]
        return {"topic": TOPIC, "error_code": code, "partitions": partitions}

    assert copies_of(3, [described(0, (3, 3), (2, 1), (3, 2))]) == [Copies(TOPIC, 3, 2, 1)]
    assert copies_of(3, [described(3), described(0)]) == []


class View:
    """Says what it is told to say."""

    def __init__(self, *found: Copies | None) -> None:
        self.found = list(found)

    async def copies(self, _topic: str) -> Copies | None:
        return self.found.pop(0)


async def test_it_is_reported_until_it_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    troubles = Troubles()
    watch = CopiesWatch(TOPIC, View(Copies(TOPIC, 2, 3, 2, 2), Copies(TOPIC, 3, 3, 3, 1), None), troubles)
    await watch.look()
    assert [one.name for one in troubles.listed()] == ["topic-behind"]
    await watch.look()
    assert [one.name for one in troubles.listed()] == ["topic-behind"], "it is not asked again at once"
    monkeypatch.setattr("shared.messaging.copies.LOOK_EVERY_S", -1.0)
    watch._next = 0.0
    await watch.look()
    assert [one.name for one in troubles.listed()] == ["topic-lax"]
    await watch.look()
    assert troubles.listed() == []
