"""Background work ends when it is told to, even where the first word is lost."""

import ast
import asyncio
import contextlib
from pathlib import Path

import pytest

from shared import background
from shared.background import all_ended, ended, in_background, seen_through
from shared.messaging.faust import worker

ROOT = Path(__file__).parents[2]


async def test_what_runs_in_the_background_ends_with_the_block() -> None:
    began, stopped = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    async with in_background(work()):
        await began.wait()
    assert stopped.is_set()


async def test_a_task_that_missed_the_word_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "SWALLOWED_S", 0.01)
    missed = []

    async def deaf_twice() -> None:
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:  # what `wait_for` of Python 3.11 does at an unlucky moment
                missed.append(1)
                if len(missed) == 3:
                    raise

    task = asyncio.create_task(deaf_twice())
    await asyncio.sleep(0)
    await ended(task)
    assert (task.done(), len(missed)) == (True, 3)


async def test_what_is_being_closed_is_closed_however_often_its_owner_is_told_to_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An app that was stopped by halves is never stopped: its thread waits for ever for a loop that left."""
    monkeypatch.setattr(background, "SWALLOWED_S", 0.01)
    closed, seen = asyncio.Event(), []

    async def owner() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            try:
                await seen_through(asyncio.create_task(closed.wait()), within=60)
            finally:
                seen.append(closed.is_set())

    task = asyncio.create_task(owner())
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_later(0.2, closed.set)
    await ended(task)
    assert (seen, task.cancelled()) == ([True], True)


async def test_what_does_not_close_in_its_time_is_said_and_left() -> None:
    hanging, done = asyncio.create_task(asyncio.Event().wait()), asyncio.create_task(asyncio.sleep(0))
    assert (await seen_through(hanging, within=0.01), await seen_through(done, within=60)) == (False, True)
    await ended(hanging)


async def test_a_worker_told_twice_to_end_waits_for_its_app_or_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "SWALLOWED_S", 0.01)
    monkeypatch.setattr(worker, "PATIENCE_S", 0.3)
    died = list[str]()
    made = worker.Worker("archive", "127.0.0.1:1", None, None, [], die=died.append)  # type: ignore[arg-type]
    for stopping, cause in (
        (asyncio.sleep(0.1), []),
        (asyncio.Event().wait(), ["the Faust app did not stop"]),
    ):
        task = asyncio.create_task(made._stop(stopping))
        await asyncio.sleep(0)
        await ended(task)
        assert died == cause


async def test_ending_nothing_takes_no_time() -> None:
    await ended()


def test_nobody_waits_for_the_end_of_a_task_in_another_way() -> None:
    """`task.cancel()` followed by a wait without end hangs where the word was lost."""
    others = {
        str(path.relative_to(ROOT))
        for folder in ("shared", "services", "deploy")
        for path in (ROOT / folder).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "cancel"
        and not call.args
    }
    timers_and_probes = {"shared/eventsourcing/pool.py"}
    assert others == {"shared/background.py"} | timers_and_probes


def test_a_loop_is_left_though_a_task_missed_the_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "SWALLOWED_S", 0.01)
    left = []

    async def deaf_once() -> None:
        for _time in range(2):
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
        left.append(1)

    async def leaving() -> None:
        for _one in range(3):
            asyncio.ensure_future(deaf_once())  # noqa: RUF006 - nobody keeps it, as a library does
        await asyncio.sleep(0)
        await all_ended()
        assert left == [1, 1, 1]

    asyncio.run(leaving())
