"""Random cycles: whoever does only what the home page asks, whatever is returned, refused or taken back,
always has a next thing until the end.

At every point somebody has a task or something is awaited, and each task leads to a
page with a form or a button for that very person.
"""

import random
import re

import pytest

from services.intake.board.tasks import Task
from tests.support.four_rooms import FourRooms, four_rooms
from tests.support.parts import PostgresPart
from tests.support.player import TROUBLES, Player, play


async def leads_to_an_act(rooms: FourRooms, task: Task) -> bool:
    """Whether the page of a task has a form to send, or a button to the editor,
    for the person who is asked.
    """
    status, text = await rooms.page(task.path.partition("#")[0], task.role)
    main = text[text.index("<main") :]
    return status == 200 and bool(
        re.search(r'<form[^>]*method="post"|class="button[^"]*" href="[^"]*/susun"', main)
    )


@pytest.mark.parametrize("chance", range(2))
async def test_a_cycle_that_does_what_the_home_page_asks_comes_to_its_end(
    postgres: PostgresPart, chance: int
) -> None:
    async with four_rooms(postgres.fresh_database) as rooms:
        player, looked = Player(rooms, random.Random(chance)), set[tuple[str, str, str]]()

        async def look(task: Task) -> None:
            if (task.act, task.about, task.why) not in looked or task.act.startswith(("endorse", "report")):
                looked.add((task.act, task.about, task.why))
                assert await leads_to_an_act(rooms, task), (
                    f"{task.role} is sent to {task.path} for {task.act}"
                )

        await player.register()
        await player.open()
        assert await play(player, look), "the cycle never came to its end"
        assert "Semua siklus sudah ditutup." in (await rooms.page("/", "kabag"))[1]
        assert {"verify", "endorse", "receipt", "archive"} <= {act for act, *_ in looked}
        assert player.troubles < TROUBLES
