"""Troubles of a process: told once, kept until cleared, the oldest first."""

from datetime import UTC, datetime, timedelta

from structlog.testing import capture_logs

from shared.troubles import Troubles


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


def test_a_trouble_stays_with_its_first_moment_until_it_is_cleared() -> None:
    troubles = Troubles(Clock())
    with capture_logs() as lines:
        troubles.report("relay", "Kalimat {topic}.", "TopicAuthorizationFailed", topic="jejak.intake")
        troubles.report("heads", "Kalimat.", "away")
        troubles.report("relay", "Kalimat {topic}.", "TopicAuthorizationFailed", topic="jejak.intake")
        troubles.report("relay", "Kalimat {topic}.", "other", topic="jejak.intake")
    assert [(line["event"], line["name"], line["cause"]) for line in lines] == [
        ("trouble", "relay", "TopicAuthorizationFailed"),
        ("trouble", "heads", "away"),
        ("trouble", "relay", "other"),
    ]
    first, second = troubles.listed()
    assert (first.name, first.cause, first.since.second, first.facts) == (
        "relay",
        "other",
        1,
        {"topic": "jejak.intake"},
    )
    troubles.clear("relay")
    troubles.clear("nothing")
    assert troubles.listed() == [second]
