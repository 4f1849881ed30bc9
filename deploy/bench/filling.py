"""Officers at work at an even pace: submissions opened and figures entered through intake's HTTP API,
for the figures that need traffic.
"""

import asyncio
import time
from dataclasses import dataclass
from itertools import count
from uuid import uuid4

import aiohttp
import msgspec

from deploy.bench.history import DAY, PERIOD
from deploy.demo import data
from deploy.demo.stage import OFFICERS
from deploy.local.instance import Instance
from services.intake.bootstrap import ROOM
from services.intake.domain.submission_commands import OpenSubmission
from shared.contracts.values import Figure
from shared.eventsourcing.commands.command_handler import CommandHandler
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Actor
from shared.eventsourcing.sql import open_pool
from shared.spm.catalogue import current

YEARS = range(2001, 2009)
AT_ONCE = 16
_CYCLE = b"""
    INSERT INTO cycle (cycle, version, region, region_name, year, sop, catalogue, report_due, opened_by, opened_on)
    VALUES (%s, 1, '3402', 'Kabupaten Bantul', %s, '04/SOP/2022', %s, %s, 'bench', %s)
    ON CONFLICT DO NOTHING"""  # noqa: E501
Place = tuple[str, int]  # stream, version


class NotTaken(Exception):
    """A command was refused or not answered; the text says how."""


@dataclass(frozen=True, slots=True)
class Case:
    """A submission that its officer fills in."""

    cycle: str
    agency: data.DemoAgency

    @property
    def name(self) -> str:
        return f"{self.cycle}-{self.agency.id}-{PERIOD}"

    def service(self, number: int) -> str:
        return self.agency.assigned[number % len(self.agency.assigned)].service


def cases() -> tuple[Case, ...]:
    """The agencies of the demonstration in several years: enough cycles for all partitions."""
    return tuple(Case(f"3402-{year}", agency) for year in YEARS for agency in data.agencies())


async def open_submissions(instance: Instance) -> None:
    """Opens them as intake's process manager does after the socialisation."""
    async with open_pool(instance.database_url("intake"), size=2) as pool:
        handler = CommandHandler(ROOM.name, ROOM.categories, ROOM.projecting("3402"), pool, lambda: None)
        async with pool.connection() as conn:
            for year in YEARS:  # only the row by which the service knows the cycle: no step of it begins
                await conn.execute(_CYCLE, (f"3402-{year}", year, current().version, DAY, DAY))
        for case in cases():
            services = tuple(part.service for part in case.agency.assigned)
            await open_submission(handler, case.cycle, case.agency.id, case.agency.name, services)


async def open_submission(
    handler: CommandHandler, cycle: str, agency: str, name: str, services: tuple[str, ...]
) -> None:
    """Opens one as intake's process manager does."""
    command = OpenSubmission(
        cycle=cycle,
        catalogue=current().version,
        agency=agency,
        agency_name=name,
        period=PERIOD,
        services=services,
        occurred_on=DAY,
    )
    order = Order(stream=f"submission-{cycle}-{agency}-{PERIOD}", command=command, case_id=cycle)
    await handler.handle(order, actor=Actor.system(ROOM.name), command_id=uuid4())


class Officers:
    """Signed-in officers over one HTTP client, the cheapest at hand, for it shares the cores;
    no two of their figures are alike.
    """

    def __init__(self, http: aiohttp.ClientSession, tokens: dict[str, str]) -> None:
        self._http, self._tokens, self._known = http, tokens, data.figures()
        self._numbers = count(1)

    @classmethod
    async def sign_in(cls, http: aiohttp.ClientSession) -> "Officers":
        """Signs the officer of every agency in."""
        tokens = {}
        for agency, person in OFFICERS.items():
            async with http.post(
                "/api/intake/session", json={"person": person}, raise_for_status=True
            ) as answer:
                tokens[agency] = str((await answer.json())["token"])
        return cls(http, tokens)

    async def enter(self, total: int, pace: float) -> list[Place]:
        """Enters figures, `pace` a second, a few at once where answers take longer;
        answers where they stand.
        """
        chosen, free = cases(), asyncio.Semaphore(AT_ONCE)
        begun, tasks = time.perf_counter(), []
        for number in range(total):
            await asyncio.sleep(max(0.0, begun + number / pace - time.perf_counter()))
            await free.acquire()
            task = asyncio.create_task(self._put(chosen[number % len(chosen)], next(self._numbers)))
            task.add_done_callback(lambda _: free.release())
            tasks.append(task)
        return list(await asyncio.gather(*tasks))

    async def _put(self, case: Case, number: int) -> Place:
        service = case.service(number)
        headers = {"Authorization": f"Bearer {self._tokens[case.agency.id]}", "Idempotency-Key": str(uuid4())}
        path = f"/api/intake/submissions/{case.name}/figures/{service}"
        content = body(self._known[service], number)
        async with self._http.put(
            path, data=content, headers=headers | {"Content-Type": "application/json"}
        ) as answer:
            if not answer.ok:
                raise NotTaken(f"{path}: {answer.status} {(await answer.text())[:500]}")
            taken = await answer.json()
        return taken["stream"], taken["version"]


def body(figure: Figure, number: int) -> bytes:
    return msgspec.json.encode(
        {**msgspec.to_builtins(figure), "budget": 1_000_000 + number, "realised": 1_000_000}
    )
