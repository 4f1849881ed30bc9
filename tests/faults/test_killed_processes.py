"""Relays and workers that die by kill -9, and workers that are restarted one after the other:
no loss, no doubled effect, order kept.
"""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from tests.faults.in_topic import in_topic
from tests.support.kafka_part import KafkaPart
from tests.support.parts import PostgresPart
from tests.support.receiving import eventually
from tests.support.travelling import Travelling, travelling

ROOT = Path(__file__).resolve().parents[2]
CASES = 8


async def start(module: str, *arguments: str) -> asyncio.subprocess.Process:
    program = (sys.executable, "-m", f"tests.faults.{module}", *arguments)
    return await asyncio.create_subprocess_exec(*program, cwd=ROOT, stdout=asyncio.subprocess.PIPE)


async def start_worker(
    whole: Travelling, kafka: KafkaPart, node: str, shape: str = "single"
) -> asyncio.subprocess.Process:
    databases = whole.service.database.app, whole.sending.database.app
    return await start("worker_process", *databases, kafka.bootstrap, f"receiver-{whole.token}", node, shape)


async def until_it_works(worker: asyncio.subprocess.Process) -> None:
    assert worker.stdout is not None
    while (line := await worker.stdout.readline()) != b"works\n":
        assert line, f"the worker ended with {await worker.wait()}"


async def some_happen(whole: Travelling, times: int) -> None:
    for number in range(CASES):
        await whole.happen(number, times)


async def test_a_relay_killed_between_send_and_checkpoint_sends_again_and_no_effect_is_doubled(
    postgres: PostgresPart, kafka: KafkaPart
) -> None:
    async with travelling(postgres, kafka, started=False) as whole:
        await some_happen(whole, 10)
        for sends in (1, 2):
            dying = await start("relay_process", whole.sending.database.app, kafka.bootstrap, str(sends))
            assert await dying.wait() == -signal.SIGKILL
        async with whole.sending.pool.connection() as conn:
            found = await (await conn.execute("SELECT position FROM relay")).fetchone()
        assert found == (20,), "of three sends one was noted"
        for part in ("relay", "worker"):
            whole.start(part)
        await whole.everything_arrives_once_and_in_order()
        rows = await whole.sending.rows()
        sent = [event for events in await in_topic(kafka.bootstrap, whole.token) for event in events]
        assert len(sent) >= CASES * 10
        assert set(sent) == {(row.stream, row.version) for row in rows}

        async def noted() -> bool:
            return whole.relay.checkpoint.position == rows[-1].position

        await eventually(noted, "the next relay went on to the end")


@pytest.mark.parametrize("shape", [pytest.param("single", marks=pytest.mark.test_all), "batches"])
async def test_a_worker_killed_in_the_middle_leaves_nothing_out_and_doubles_nothing(
    postgres: PostgresPart, kafka: KafkaPart, shape: str
) -> None:
    async with travelling(postgres, kafka, started=False) as whole:
        whole.start("relay")
        await some_happen(whole, 30)
        for _ in range(2):
            before = len(await whole.effects())
            worker = await start_worker(whole, kafka, "1", shape)

            async def in_the_middle(before: int = before) -> bool:
                return len(await whole.effects()) > before

            await eventually(in_the_middle, "the worker has begun")
            worker.kill()
            await worker.wait()
            await some_happen(whole, 5)
        whole.start("worker")
        await whole.everything_arrives_once_and_in_order()


@pytest.mark.parametrize("shape", ["single", pytest.param("batches", marks=pytest.mark.test_all)])
async def test_two_workers_restarted_one_after_the_other_lose_nothing_and_keep_the_order(
    postgres: PostgresPart, kafka: KafkaPart, shape: str
) -> None:
    if kafka.embedded:
        pytest.skip("the embedded broker knows no second member of a group")
    async with travelling(postgres, kafka, started=False) as whole:
        whole.start("relay")
        workers = {node: await start_worker(whole, kafka, node, shape) for node in "12"}
        try:
            for node in "12":
                await some_happen(whole, 10)
                await until_it_works(workers[node])
                workers[node].terminate()
                assert await workers[node].wait() == 0, "a worker stops cleanly"
                await some_happen(whole, 10)
                workers[node] = await start_worker(whole, kafka, node, shape)
            await some_happen(whole, 10)
            await whole.everything_arrives_once_and_in_order()
        finally:
            for worker in workers.values():
                if worker.returncode is None:
                    worker.kill()
                    await worker.wait()
