"""At rest: how much memory the four services hold and how much of a core each
takes while nobody asks anything of them.
"""

import asyncio
import time

import httpx2
import psutil

from deploy.bench.figure import Figure, at_most
from deploy.local.instance import Instance
from shared.service_names import SERVICES

SETTLE_S, WATCH_S, PATIENCE_S = 8.0, 24.0, 120.0


async def measure(instance: Instance) -> list[Figure]:
    """Memory of all together and processor time of each, once everything that happened before is taken in."""
    await _all_taken_in(instance)
    processes = {name: psutil.Process(instance.pid(name)) for name in SERVICES}
    await asyncio.sleep(SETTLE_S)
    before = {name: _seconds(process) for name, process in processes.items()}
    await asyncio.sleep(WATCH_S)
    memory = sum(process.memory_info().rss for process in processes.values()) / 1e6
    shares = {name: 100 * (_seconds(process) - before[name]) / WATCH_S for name, process in processes.items()}
    each = ", ".join(f"{name} {process.memory_info().rss / 1e6:.0f}" for name, process in processes.items())
    return [
        at_most("resident memory, four services idle", memory, "MB", 600, each),
        *(
            at_most(f"idle processor time, {name}", share, "% of a core", 3.0, f"over {WATCH_S:.0f} s")
            for name, share in shares.items()
        ),
    ]


async def _all_taken_in(instance: Instance) -> None:
    """Waits until no service has messages left that it has not taken in."""
    until = time.monotonic() + PATIENCE_S
    async with httpx2.AsyncClient(timeout=30) as http:
        for name in SERVICES:
            while await _lag(http, f"{instance.service_address(name)}/api/{name}/health/ready"):
                if time.monotonic() > until:
                    raise TimeoutError(f"{name} did not take everything in within {PATIENCE_S:.0f} s")
                await asyncio.sleep(1)


async def _lag(http: httpx2.AsyncClient, address: str) -> int:
    return int((await http.get(address)).json()["checks"]["transport"]["lag"])


def _seconds(process: psutil.Process) -> float:
    used = process.cpu_times()
    return float(used.user + used.system)
