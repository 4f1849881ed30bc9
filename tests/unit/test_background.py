"""Background work ends when it is told to, even where the first word is lost."""

import ast
import asyncio
import contextlib
from pathlib import Path

import pytest

from shared import background
from shared.background import all_ended, ended, in_background

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
