"""Officers who enter figures through the front door: as fast as answers come, or at an even pace.

At an even pace an answer's time counts from the moment at which its request was due, so that none that waits
for the ones before it is forgiven.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from uuid import uuid4

import httpx2

from deploy.bench.filling import Case, NotTaken, body, cases
from deploy.bench.outside.line import Line
from deploy.demo import data

CLIENTS = 16
Tokens = Mapping[str, str]
_numbers = count(1)
_known = data.figures()


@dataclass(frozen=True, slots=True)
class Load:
    """What was answered: how many commands in how many seconds, and how long each took (ms)."""

    commands: int
    seconds: float
    took_ms: Sequence[float]

    @property
    def rate(self) -> float:
        return self.commands / self.seconds


def sign_in(address: str, officers: Mapping[str, str]) -> dict[str, str]:
    """For each key the token of its person."""
    with httpx2.Client(base_url=address, timeout=30) as http:
        answers = {
            key: http.post("/api/intake/session", json={"person": person}).raise_for_status()
            for key, person in officers.items()
        }
    return {key: str(answer.json()["token"]) for key, answer in answers.items()}


async def at_full_speed(port: int, tokens: Tokens, seconds: float) -> Load:
    """Each of the clients sends its next figure when the one before is answered."""
    begun, took, chosen = time.perf_counter(), list[float](), cases()

    async def client(mine: Sequence[Case]) -> None:
        async with Line(port) as line:
            for number in count():
                sent = time.perf_counter()
                if sent >= begun + seconds:
                    return
                await _next_figure(line, tokens, mine[number % len(mine)])
                took.append((time.perf_counter() - sent) * 1000)

    await asyncio.gather(*(client(chosen[number::CLIENTS]) for number in range(CLIENTS)))
    return Load(len(took), time.perf_counter() - begun, took)


async def at_pace(port: int, tokens: Tokens, seconds: float, pace: float) -> Load:
    """So many a second, whether or not those before are answered; the clients take what is due in turns."""
    begun, took, chosen = time.perf_counter(), list[float](), cases()
    numbers = iter(range(int(seconds * pace)))

    async def client() -> None:
        async with Line(port) as line:
            for number in numbers:
                due = begun + number / pace
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                await _next_figure(line, tokens, chosen[number % len(chosen)])
                took.append((time.perf_counter() - due) * 1000)

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return Load(len(took), time.perf_counter() - begun, took)


async def _next_figure(line: Line, tokens: Tokens, case: Case) -> None:
    number = next(_numbers)
    await enter(line, tokens[case.agency.id], case.name, case.service(number), number)


async def enter(line: Line, token: str, case: str, service: str, number: int) -> None:
    """Enters a figure that differs from every other number's. Raises NotTaken."""
    path = f"/api/intake/submissions/{case}/figures/{service}"
    headers = {
        "Authorization": f"Bearer {token}",
        "Idempotency-Key": str(uuid4()),
        "Content-Type": "application/json",
    }
    status, answer = await line.ask("PUT", path, headers, body(_known[service], number))
    if status != 200:
        raise NotTaken(f"{path}: {status} {answer.decode(errors='replace')[:500]}")
