"""The catalogue is read by everybody who fills in or checks: a version, a service, what a version changed,
and which cycles go by which.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.intake.catalogue.pages import CHANGED, GROUP_WORDS
from shared.spm.catalogue import GROUPS, current
from tests.support.events import CYCLE
from tests.support.intake_room import IntakeRoom, intake_room, to_step_6
from tests.support.parts import PostgresPart
from tests.support.second_catalogue import ADDED_NAME, ITEM_NAME, NEW_NAME, OLD_NAME, RENAMED, upgraded

INDEX, COMPARED = "/aturan/layanan", "/aturan/layanan/perbandingan"


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("catalogue_pages")) as made:
        await to_step_6(made, "dinkes")
        yield made


async def test_every_service_has_its_page_with_items_and_help(room: IntakeRoom) -> None:
    page = await room.page("sri", INDEX)
    assert f'href="/siklus/{CYCLE}"' in page.text
    for service in current().services.values():
        assert f'href="{INDEX}/{service.id}?versi=1"' in page.text
    one = await room.page("sri", f"{INDEX}/{RENAMED}?versi=1")
    assert all(kind.name in one.text for kind in current().services[RENAMED].quality)
    assert "Sering keliru" in one.text
    assert GROUP_WORDS.keys() == set(GROUPS)
    assert "Tidak ada perbedaan." in (await room.page("sri", COMPARED)).text


async def test_a_later_version_stands_beside_the_one_of_the_cycle(room: IntakeRoom, tmp_path: Path) -> None:
    with upgraded(tmp_path):
        index = (await room.page("hesti", INDEX)).text
        assert NEW_NAME in index
        assert "belum dipakai siklus mana pun" in index
        earlier = (await room.page("hesti", f"{INDEX}?versi=1")).text
        assert f'href="/siklus/{CYCLE}"' in earlier
        assert (OLD_NAME in earlier, NEW_NAME in earlier) == (True, False)
        told = (await room.page("hesti", COMPARED)).text
        assert all(word in told for word in (ADDED_NAME, OLD_NAME, NEW_NAME, ITEM_NAME, CHANGED["nihil"]))
        assert (await room.page("hesti", f"{COMPARED}?dari=2&ke=1")).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{INDEX}?versi=2", 404),
        (f"{INDEX}/{RENAMED}?versi=9999", 404),
        (f"{INDEX}/kes.tak_ada", 404),
        (f"{COMPARED}?dari=3", 404),
        (f"{INDEX}?versi=0", 422),
        (f"{INDEX}?versi=x", 422),
        (f"{INDEX}?versi={'9' * 400}", 422),
    ],
)
async def test_what_is_not_there_is_a_page_that_says_so(room: IntakeRoom, path: str, status: int) -> None:
    assert (await room.page("sri", path)).status_code == status
