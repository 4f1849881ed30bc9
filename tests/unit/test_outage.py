"""Waiting for the database: as long as it is away, and no longer."""

import psycopg
import pytest

from shared.messaging.receiving.outage import Outage, is_outage


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waits: list[float] = []

    async def at_once(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("shared.messaging.receiving.outage.asyncio.sleep", at_once)
    return waits


class Database:
    def __init__(self, *errors: Exception) -> None:
        self.errors, self.seen = list(errors), list[bool]()

    async def ask(self, waiting: Outage) -> str:
        self.seen.append(waiting.waiting)
        if self.errors:
            raise self.errors.pop(0)
        return "answer"


async def test_an_outage_is_survived_with_growing_pauses_and_flagged_meanwhile(
    no_pauses: list[float],
) -> None:
    waiting, database = Outage(), Database(*[psycopg.OperationalError("gone")] * 8)
    assert await waiting.survive(lambda: database.ask(waiting)) == "answer"
    assert no_pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    assert database.seen == [False] + [True] * 8
    assert not waiting.waiting


async def test_another_error_is_raised_at_once(no_pauses: list[float]) -> None:
    waiting, database = Outage(), Database(ValueError("not the database's fault"))
    with pytest.raises(ValueError, match="fault"):
        await waiting.survive(lambda: database.ask(waiting))
    assert no_pauses == []


AWAY = ("08", "57P", "53100", "53300", "58030", "25006")


CODES = {
    error.sqlstate
    for error in vars(psycopg.errors).values()
    if isinstance(error, type) and issubclass(error, psycopg.Error)
}


@pytest.mark.parametrize("code", sorted(code for code in CODES if code))
def test_only_a_database_that_is_away_is_waited_for(code: str) -> None:
    assert is_outage(psycopg.errors.lookup(code)()) == code.startswith(AWAY)
