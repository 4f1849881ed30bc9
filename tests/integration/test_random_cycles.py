"""Random cycles: whoever does only what the home page asks, whatever is asked, returned, refused, taken back,
withdrawn or corrected, always has a next thing until the end.

At every point somebody has a task or something is awaited, and each task leads to a
page with a form or a button for that very person.
"""

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from services.documents.domain.document_commands import WithdrawEndorsement
from services.intake.board.tasks import Task
from services.verification.domain.talk import AnswerQuestion, AskQuestion, SettleQuestion
from services.verification.domain.verification import ReturnSubmission, WithdrawApproval
from shared.eventsourcing.commands.decider import Refused
from shared.service_names import SERVICES
from tests.integration.asked_now import refused_now
from tests.integration.recorded_pages import FILES, Recorder, looked_back_at
from tests.integration.test_correction import correct
from tests.support.four_rooms import FourRooms, four_rooms
from tests.support.parts import PostgresPart
from tests.support.player import TROUBLES, Player, play

RECORDED_EVERY = 20
"""So often, in tasks, all pages are written down as they are."""
NOBODY, LOG = "nobody here has one", "no log is written here: tests/integration/test_log_as_it_was.py"
NOT_RECORDED = {
    "/akun/lokal": "for accounts in a file", "/akun/lokal/{person}": NOBODY, "/akun/{login}": NOBODY,
    "/pegawai/orang/{person}": NOBODY, "/token/{token}": NOBODY, "/jejak-audit/{index}": LOG,
    "/jejak-audit/angka/{case}/{service}": LOG,
    "/jejak-audit/sertifikat/{number}": NOBODY,
    "/siklus/{cycle}/saat": "leads to another page",
    "/daerah": "for who has several", "/provinsi": "for who has several",
}  # fmt: skip
"""Pages that are not compared here with what they were, and why."""
CELL: dict[str, Any] = {"service": "kes.balita", "field": "served"}


@dataclass
class Thorough(Player):
    """Also asks about figures, withdraws an approval and an endorsement, and corrects what was printed,
    each as soon as it is let through and chance will have it.
    """

    did: Counter[str] = field(default_factory=Counter)
    asked: bool = False

    @property
    def verification(self) -> str:
        return self.submission.replace("submission", "verification")

    async def verify(self) -> None:
        if self.asked:
            await self.settle()
        if self.chance.random() < 0.5:
            await self.talk()
        else:
            await super().verify()

    async def talk(self) -> None:
        """A question, which is answered and settled, or goes back and is settled later."""
        await self.say(AskQuestion(**CELL, text="Mengapa?", **self.said("tim_spm")), "tim_spm")
        self.did["asked"] += 1
        self.asked = True
        if self.chance.random() < 0.5:
            await self.say(ReturnSubmission(reason="x", fields=(), **self.said("tim_spm")), "tim_spm")
            return
        await self.say(AnswerQuestion(**CELL, text="Begini.", **self.said("unsur_opd")), "unsur_opd")
        await self.settle()

    async def settle(self) -> None:
        await self.say(SettleQuestion(**CELL, **self.said("tim_spm")), "tim_spm")
        self.asked = False

    async def say(self, command: object, role: str) -> None:
        await self.give("verification", self.verification, command, role)

    async def do(self, task: Task) -> None:
        await super().do(task)
        for name, back in (
            ("approval", self.withdraw_approval),
            ("endorsement", self.withdraw_endorsement),
            ("correction", self.correct),
        ):
            if not self.did[name] and self.chance.random() < 0.5:
                try:
                    await back()
                except Refused:
                    continue
                self.did[name] += 1

    async def withdraw_approval(self) -> None:
        async with self.rooms.running("verification").pool.connection() as conn:
            query = b"SELECT digest FROM verification WHERE stream = %s"
            found = await (await conn.execute(query, (self.verification,))).fetchone()
        digest = found[0] if found else "0" * 64
        said = self.said("tim_spm")
        await self.say(WithdrawApproval(digest=digest, reason="x", **said), "tim_spm")

    async def withdraw_endorsement(self) -> None:
        digest = await self.printed()
        command = WithdrawEndorsement(digest=digest, reason="x", **self.said("kabag"))
        await self.give("documents", f"document-{self.cycle}-laporan", command, "kabag")

    async def correct(self) -> None:
        await self.printed()
        await correct(self)

    async def printed(self) -> str:
        """The report that copies are or were made of. Raises Refused where none is drafted."""
        try:
            return (await self.document("laporan"))["settled_digest"] or "0" * 64
        except AssertionError:
            raise Refused("no-report", "x") from None


async def leads_to_an_act(rooms: FourRooms, task: Task) -> bool:
    """Whether the page of a task has a form to send, or a button to the editor,
    for the person who is asked.
    """
    status, text = await rooms.page(task.path.partition("#")[0], task.role)
    main = text[text.index("<main") :]
    return status == 200 and bool(
        re.search(r'<form[^>]*method="post"|class="button[^"]*" href="[^"]*/susun"', main)
    )


@pytest.mark.parametrize("chance", [0, pytest.param(1, marks=pytest.mark.test_all)])
async def test_a_cycle_that_does_what_the_home_page_asks_comes_to_its_end(
    postgres: PostgresPart, chance: int
) -> None:
    async with four_rooms(postgres.fresh_database) as rooms:
        player, looked = Thorough(rooms, random.Random(chance)), set[tuple[str, str, str]]()
        recorder, tasks = Recorder(rooms), count()

        async def look(task: Task) -> None:
            assert await refused_now(player, task) == ""
            if next(tasks) % RECORDED_EVERY == RECORDED_EVERY - 1:
                await recorder.record()
            if (task.act, task.about, task.why) not in looked or task.act.startswith(("endorse", "report")):
                looked.add((task.act, task.about, task.why))
                assert await leads_to_an_act(rooms, task), (
                    f"{task.role} is sent to {task.path} for {task.act}"
                )

        await player.register()
        await player.open()
        assert await play(player, look) or await play(player, look), "the cycle never came to its end"
        if not player.did["correction"]:
            await correct(player)
            player.did["correction"] += 1
            assert await play(player, look), "the corrected cycle never came to its end"
        assert "Semua siklus sudah ditutup." in (await rooms.page("/", "kabag"))[1]
        assert {"verify", "endorse", "receipt", "archive"} <= {act for act, *_ in looked}
        assert player.troubles < TROUBLES
        assert {name for name, many in player.did.items() if many} == {
            "asked",
            "approval",
            "endorsement",
            "correction",
        }
        await recorder.record()
        assert await recorder.compare() == [], "a page is no more what it was"
        pages = {path for service in SERVICES for path in looked_back_at(service) if not FILES.search(path)}
        missing = pages - recorder.templates
        assert missing == NOT_RECORDED.keys(), "a page joins by itself once a link leads an inspector to it"
