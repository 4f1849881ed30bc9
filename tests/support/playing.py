"""Plays a cycle by what the home page asks of each role, until it is closed."""

from collections.abc import Awaitable, Callable

from services.intake.board.tasks import Task, split
from shared.eventsourcing.commands.decider import Refused
from shared.sop.parts import CHECKING, PRINTING
from tests.support.player import MOST_ACTS, ROLES, Player, boards, viewer


async def asked(player: Player) -> list[Task]:
    """What waits for each role in the player's cycle;
    everybody who is asked nothing is told what is awaited.
    """
    found = []
    for role in ROLES:
        own = [board for board in await boards(player.rooms, role) if board.cycle["cycle"] == player.cycle]
        todos, awaited = split(viewer(role), own)
        assert todos or awaited, f"{role} is told that there is nothing to do"
        found += [todo.task for todo in todos]
    return found


async def play(player: Player, look: Callable[[Task], Awaitable[None]] | None = None) -> bool:
    """Does what is asked until the cycle is closed; `look` sees each task before.
    False: it went on for ever.
    """
    for _ in range(MOST_ACTS):
        if await player.board() is None:
            return True
        await act(player, look)
    return False


async def act(player: Player, look: Callable[[Task], Awaitable[None]] | None = None) -> None:
    """Does one of the things that are asked."""
    tasks = await asked(player)
    assert tasks
    for task in tasks if look else ():
        await look(task)
    if not await _changed_its_mind(player):
        await player.do(player.chance.choice(tasks))


async def _changed_its_mind(player: Player) -> bool:
    """Whether the agency took its figures back, where it may and chance will have it."""
    board = await player.board()
    assert board is not None
    verifying, printing = board.waiting_for(CHECKING), board.waiting_for(PRINTING)
    if not verifying.started_on or printing.started_on or not player.trouble():
        return False
    try:
        await player.take_back()
    except Refused:
        player.troubles += 1
        return False
    return True
