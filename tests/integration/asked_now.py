"""Whether what the home page asks may be done at the moment at which it is asked: decided, not recorded."""

import random

from services.intake.board.tasks import Task
from services.verification.domain.verification import ReturnSubmission
from shared.eventsourcing.commands.decider import Refused
from tests.support.player import Player


class _Decided(Exception):
    """What was tried is let through; nothing of it is recorded."""


class _Trying(Player):
    """Only asks what would be decided about the first thing that the home page asks."""

    async def give(self, service: str, stream: str, command: object, role: str) -> None:
        handler, pool = self.rooms.running(service).handler, self.rooms.running(service).pool
        async with pool.connection() as conn:
            (state,) = await handler.states(conn, [stream])
        handler._decider(stream).decide(command, state)
        raise _Decided

    async def verify(self) -> None:
        """Whatever is still asked about it, it may be looked at and go back."""
        wrong = ReturnSubmission(reason="x", fields=(), **self.said("tim_spm"))
        await self.give(
            "verification", self.submission.replace("submission", "verification"), wrong, "tim_spm"
        )


async def refused_now(player: Player, task: Task) -> str:
    """Why what the home page asks would be refused at this moment; empty where it is let through."""
    of = {"year": player.year, "sop": player.sop, "catalogue": player.catalogue}
    trying = _Trying(player.rooms, random.Random(1), troubles=0, files=10**6 + player.files, **of)
    try:
        await trying.do(task)
    except _Decided:
        return ""
    except Refused as refused:
        return f"{task.role} is asked {task.act} {task.about}: {refused.code}"
    raise AssertionError(f"nobody knows how {task.act} is done")
