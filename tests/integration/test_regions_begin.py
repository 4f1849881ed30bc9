"""Each region begins with the people file in its folder; none holds up another or takes its people."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.demo import data
from deploy.local.postgres.databases import AccessDatabase
from services.intake.people import publishing
from tests.integration.test_people_published import PEOPLE, SIGNED_IN, keeping
from tests.support.access import drop_database, make
from tests.support.parts import PostgresPart


@pytest.fixture
def own(postgres: PostgresPart) -> Iterator[AccessDatabase]:
    name = f"jejak_access_{secrets.token_hex(4)}"
    made = make(postgres.server, name)
    yield made
    drop_database(postgres.server, name, *made.roles.values())


def region(folder: Path, code: str, text: str) -> None:
    (folder / code).mkdir()
    (folder / code / "people.toml").write_text(text, encoding="utf-8")


async def test_a_second_region_begins_with_the_file_in_its_folder(
    postgres: PostgresPart, own: AccessDatabase
) -> None:
    folder = data.KULON_PROGO.parent
    async with keeping(postgres, own, JEJAK_PEOPLE=str(PEOPLE), JEJAK_LETTERS=str(folder)) as kept:
        await kept.published()
        await kept.looks()
        assert kept.troubles == []
        for person in ("sri", "fitri"):
            assert await kept.doors.by_bearer(await kept.token(person)) == SIGNED_IN
        people = kept.doors.apps["archive"].state.running.people
        assert people.of("3401").agency_name("disdikpora") == "Dinas Pendidikan, Pemuda dan Olahraga"
        assert people.of("3402").agency_name("disdikpora") == "Dinas Pendidikan, Kepemudaan dan Olahraga"
        before = kept.events()
        await kept.published()
        assert kept.events() == before


async def test_a_region_whose_file_is_wrong_is_named_and_holds_up_no_other(
    postgres: PostgresPart, own: AccessDatabase, tmp_path: Path
) -> None:
    good = (data.KULON_PROGO / "people.toml").read_text(encoding="utf-8")
    region(tmp_path, "3401", good)
    region(tmp_path, "3403", "[[person")
    region(tmp_path, "3404", PEOPLE.read_text(encoding="utf-8"))  # persons of the first region once more
    region(tmp_path, "bukan-daerah", good)
    async with keeping(postgres, own, JEJAK_PEOPLE=str(PEOPLE), JEJAK_LETTERS=str(tmp_path)) as kept:
        await kept.published()
        await kept.looks()
        (trouble,) = kept.running.troubles.listed()
        assert trouble.name == publishing.UNSEEDED[0]
        assert [code in str(trouble) for code in ("3401", "3403", "3404")] == [False, True, True]
        for person in ("sri", "fitri"):
            assert await kept.doors.by_bearer(await kept.token(person)) == SIGNED_IN
        known = kept.doors.apps["archive"].state.running.people
        assert set(known.regions) == {"3401", "3402"}
