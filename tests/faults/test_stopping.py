"""Stopping a worker that cannot stop: the process ends by itself, with the code that asks for a restart."""

import asyncio
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import asyncio, signal, sys, time
from shared.messaging.faust.ending import ending_after_sigterm
{before}
with ending_after_sigterm(0.5):
    sys.stdout.write("ready\\n"); sys.stdout.flush()
    {what}
"""


async def ended_after_sigterm(what: str, before: str = "", log: str = "/dev/null") -> int:
    program = PROGRAM.format(what=what, before=before)
    with Path(log).open("w") as written:  # noqa: ASYNC230  a device
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=written
        )
    assert process.stdout is not None
    await process.stdout.readline()
    process.terminate()
    return await process.wait()


IGNORED = "signal.signal(signal.SIGTERM, lambda *_: None)"


@pytest.mark.parametrize(
    "what",
    [
        "while True: time.sleep(0.1)",
        "asyncio.run(asyncio.Event().wait())",
        "asyncio.run(asyncio.to_thread(time.sleep, 3600))",
    ],
)
async def test_a_process_that_does_not_stop_on_sigterm_ends_itself_and_asks_for_a_restart(what: str) -> None:
    assert await ended_after_sigterm(what, before=IGNORED) == 75


async def test_it_ends_also_where_its_log_takes_nothing_any_more() -> None:
    assert await ended_after_sigterm("while True: time.sleep(0.1)", before=IGNORED, log="/dev/full") == 75


async def test_a_process_that_stops_in_time_ends_as_it_would_without_us() -> None:
    assert await ended_after_sigterm("time.sleep(3600)") == 0
