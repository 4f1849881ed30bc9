"""What a revision is compared with: the last approved one, whoever looks and however often."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from random import Random

import pytest

from shared.contracts.values import Figure, QualityItem
from tests.support.applications import visiting
from tests.support.parts import PostgresPart
from tests.support.verification_room import FIGURES, VerificationRoom, case, mended, verification_room


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[VerificationRoom]:
    async with verification_room(postgres.fresh_database("verification")) as opened:
        yield opened


async def test_a_verifier_is_told_every_cell_since_the_last_approval_whoever_looks_and_however_often(
    room: VerificationRoom,
) -> None:
    await room.hear_of_cycle("dinkes")
    await room.approve("dinkes", await room.hear_handed_in("dinkes", "sri", 6))
    for revision, figures in (
        (7, mended()),
        (8, {**mended(), "kes.ibu_hamil": replace(FIGURES["kes.ibu_hamil"], entitled=4123)}),
    ):
        await room.hear_taken_back("dinkes", "sri", revision - 1)
        await room.hear_handed_in("dinkes", "sri", revision, figures)
        async with visiting(room.app, "wulan") as wulan:
            await wulan.get(f"/verifikasi/{case('dinkes')}")
    shown = (await room.ask("wulan", f"/verifications/{case('dinkes')}")).json()
    told = [
        (change["service"], change["field"], change["before"], change["after"]) for change in shown["changes"]
    ]
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
        assert (
            "Belum ada revisi yang diputuskan sebelumnya"
            in (await wulan.get(f"/verifikasi/{case('dinkes')}")).text
        )
    await room.tell(
        "wulan",
        f"/verifications/{case('dinkes')}/return",
        {"reason": "Periksa.", "occurred_on": "2026-02-16"},
    )
    await room.hear_handed_in("dinkes", "sri", 2, mended())
    async with visiting(room.app, "wulan") as wulan:
        assert (
            "Dibanding revisi 1, yang terakhir dikembalikan: 1 sel berubah."
            in (await wulan.get(f"/verifikasi/{case('dinkes')}")).text
        )


FIELDS = ("answer", "entitled", "served", "budget", "realised", "reason", "origin")


def differing(before: Mapping[str, Figure], after: Mapping[str, Figure]) -> set[tuple[str, str]]:
    """The cells that differ, seen without the rule that is tested."""
    found = {
        (name, field)
        for name in after
        for field in FIELDS
        if getattr(before[name], field) != getattr(after[name], field)
    }
    for name, figure in after.items():
        for item in {*figure.quality, *before[name].quality}:
            this, that = (each[name].quality.get(item) for each in (before, after))
            parts = [
                part
                for part in ("required", "fulfilled")
                if getattr(this, part, None) != getattr(that, part, None)
            ]
            found |= {(name, f"quality.{item}.{part}") for part in parts}
    return found


def retyped(figures: Mapping[str, Figure], chance: Random) -> dict[str, Figure]:
    """What an agency may hand in next: a number, only a reason, only an origin, a quality item,
    or the same numbers again.
    """
    name = chance.choice(sorted(figures))
    figure = figures[name]
    item = QualityItem(required=9, fulfilled=chance.randint(0, 9))
    other = [
        replace(figure, served=chance.randint(1, 4000)),
        replace(figure, reason=f"alasan {chance.randint(1, 3)}"),
        replace(figure, origin=f"rekap {chance.randint(1, 3)}"),
        replace(
            figure, quality={**figure.quality, "bidan": item} if name == "kes.ibu_hamil" else figure.quality
        ),
        replace(figure, budget=None),
        replace(figure),
    ]
    return {**figures, name: chance.choice(other)}


async def test_in_any_order_of_verdicts_the_base_is_the_last_approved_one(room: VerificationRoom) -> None:
    """One long story of hand-ins, returns, withdrawals, approvals and approvals that became void,
    always the same one.
    """
    chance = Random(2)
    await room.hear_of_cycle("dinkes")
    figures: dict[str, Figure] = {name: replace(figure, answer="filled") for name, figure in FIGURES.items()}
    handed_in: dict[int, dict[str, Figure]] = {}
    approved, returned, seen = [0], [0], set[str]()
    for revision in range(1, 13):
        figures = retyped(figures, chance)
        handed_in[revision] = figures
        digest = await room.hear_handed_in("dinkes", "sri", revision, figures)
        shown = (await room.ask("wulan", f"/verifications/{case('dinkes')}")).json()
        base = approved[-1] or returned[-1]
        assert shown["base_revision"] == (base or None), (revision, approved, returned)
        told = {(change["service"], change["field"]) for change in shown["changes"]}
        assert told == (differing(handed_in[base], figures) if base else set()), revision
        verdict = chance.choice(("approve", "return", "nothing", "approve"))
        seen.add(verdict)
        if verdict == "approve":
            assert (await room.approve("dinkes", digest)).status_code == 200
            approved.append(revision)
        if verdict == "return":
            await room.tell(
                "wulan",
                f"/verifications/{case('dinkes')}/return",
                {"reason": "Periksa.", "occurred_on": "2026-02-16"},
            )
            returned.append(revision)
        else:
            await room.hear_taken_back("dinkes", "sri", revision)
    assert seen == {"approve", "return", "nothing"}
    assert returned[1] < approved[1] < returned[-1], "a first round, and returns after an approval"
