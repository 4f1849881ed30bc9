"""What a revision is compared with: the last approved one, whoever looks and however often."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.support.parts import PostgresPart
from tests.support.verification_asking import approve, ask, tell
from tests.support.verification_room import FIGURES, VerificationRoom, case, mended, verification_room
from tests.support.web_room import visiting


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[VerificationRoom]:
    async with verification_room(postgres.fresh_database("verification")) as opened:
        yield opened


async def test_a_verifier_is_told_every_cell_since_the_last_approval_whoever_looks_and_however_often(room: VerificationRoom) -> None:
    await room.hear_of_cycle("dinkes")
    await approve(room, "dinkes", await room.hear_handed_in("dinkes", "sri", 6))
    for revision, figures in ((7, mended()), (8, {**mended(), "kes.ibu_hamil": replace(FIGURES["kes.ibu_hamil"], entitled=4123)})):
        await room.hear_taken_back("dinkes", "sri", revision - 1)
        await room.hear_handed_in("dinkes", "sri", revision, figures)
        async with visiting(room.app, "wulan") as wulan:
            await wulan.get(f"/verifikasi/{case('dinkes')}")
    shown = (await ask(room, "wulan", f"/verifications/{case('dinkes')}")).json()
    told = [(change["service"], change["field"], change["before"], change["after"]) for change in shown["changes"]]
    assert told == [("kes.ibu_hamil", "entitled", "4122", "4123"), ("kes.balita", "served", "11230", "11320")]
    assert shown["base_revision"] == 6
    for person in ("wulan", "yuni", "sri"):
        async with visiting(room.app, person) as looking:
            page = await looking.get(f"/verifikasi/{case('dinkes')}")
        assert "Dibanding revisi 6, persetujuan terakhir: 2 sel berubah." in page.text


async def test_a_first_round_is_compared_with_what_was_returned_and_says_so(room: VerificationRoom) -> None:
    await room.hear_of_cycle("dinkes")
    await room.hear_handed_in("dinkes", "sri")
    async with visiting(room.app, "wulan") as wulan:
        assert "Belum ada revisi yang diputuskan sebelumnya" in (await wulan.get(f"/verifikasi/{case('dinkes')}")).text
    await tell(room, "wulan", f"/verifications/{case('dinkes')}/return", {"reason": "Periksa.", "occurred_on": "2026-02-16"})
    await room.hear_handed_in("dinkes", "sri", 2, mended())
    async with visiting(room.app, "wulan") as wulan:
        assert "Dibanding revisi 1, yang terakhir dikembalikan: 1 sel berubah." in (await wulan.get(f"/verifikasi/{case('dinkes')}")).text
