"""`jejak play` as a user runs it: a process of its own,
from nothing to the verified log and everything stopped again.
"""

import asyncio
import sys
import time

from deploy.bench.figure import Figure, at_most
from deploy.local.places import PROJECT


class DidNotPlay(Exception):
    """`jejak play` ended with an exit code that is not 0; the text is its last word."""


async def measure() -> list[Figure]:
    """How long one whole cycle takes."""
    begun = time.perf_counter()
    playing = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "deploy.cli",
        "play",
        "--json",
        cwd=PROJECT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    _, complaint = await playing.communicate()
    took = time.perf_counter() - begun
    if playing.returncode:
        raise DidNotPlay(
            f"exit code {playing.returncode}: {complaint.decode(errors='replace').strip()[-500:]}"
        )
    return [at_most("jejak play", took, "s", 60, "start, thirteen steps, verification, stop")]
