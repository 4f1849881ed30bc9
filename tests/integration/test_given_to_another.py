"""An assignment is help and never a permission: what was given to one verifier another may do whole, and
whoever was named although outside Tim SPM may do no more than before.
"""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import Response

from services.verification import streams
from services.verification.domain.assignment import AssignVerifier
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Actor
from tests.architecture.test_endpoint_matrix import method
from tests.architecture.test_roles_table import routes
from tests.support.doors import TABLE
from tests.support.parts import PostgresPart
from tests.support.verification_room import (
    CYCLE,
    REPORT,
    VerificationRoom,
    case,
    submission,
    verification_room,
)

CELL = {"service": "kes.ibu_hamil", "field": "served"}
ACTS: dict[str, tuple[str, dict[str, Any], tuple[str, ...]]] = {
    "AskQuestion": ("/verifications/{case}/questions", {**CELL, "text": "Sumber angka ini?"}, ()),
    "AnswerQuestion": (
        "/verifications/{case}/answers",
        {**CELL, "text": "Kohort puskesmas."},
        ("AskQuestion",),
    ),
    "SettleQuestion": ("/verifications/{case}/settlements", CELL, ("AskQuestion",)),
    "AcceptFigure": ("/verifications/{case}/acceptances", {"service": CELL["service"], "digest": "…"}, ()),
    "ReturnSubmission": ("/verifications/{case}/return", {"reason": "Rekap belum cocok."}, ()),
    "ApproveSubmission": ("/verifications/{case}/approval", {"digest": "…"}, ()),
    "WithdrawApproval": (
        "/verifications/{case}/withdrawal",
        {"digest": "…", "reason": "Terlalu cepat."},
        ("ApproveSubmission",),
    ),
    "AssignVerifier": ("/verifications/{case}/assignment", {"assignee": "zaki"}, ()),
    "EndorseReport": (
        "/endorsements/{cycle}/endorsement",
        {"digest": REPORT.digest},
        ("ApproveSubmission", "draft"),
    ),
    "RefuseEndorsement": (
        "/endorsements/{cycle}/refusal",
        {"digest": REPORT.digest, "reason": "Bab 2 kosong."},
        ("ApproveSubmission", "draft"),
    ),
}
"""Where an act is told, what is said, and what has to happen before it."""
GRANTED = {name: TABLE.commands[f"verification.{name}"] for name in ACTS}
OUTSIDE = {
    "sri": ("unsur_opd", "of the agency itself"),
    "tono": ("another unsur_opd", "of another agency"),
    "budi": ("kabag", "head of the team's office"),
    "ina": ("inspektur", "who reads everything"),
    "op": ("operator", "who keeps it running"),
    "oki": ("nobody", "of Tim SPM until last month"),
}
"""With the role by which they may do what they may."""


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[VerificationRoom]:
    async with verification_room(postgres.fresh_database("given")) as opened:
        await opened.hear_of_cycle("dinkes")
        await opened.hear_handed_in("dinkes", "sri")
        yield opened


async def do(room: VerificationRoom, who: str, name: str) -> Response:
    path, body, _before = ACTS[name]
    said = {key: room.handed_in["dinkes"] if value == "…" else value for key, value in body.items()}
    return await room.tell(who, path.format(case=case("dinkes"), cycle=CYCLE), said)


async def before(room: VerificationRoom, name: str) -> None:
    for one in ACTS[name][2]:
        if one == "draft":
            await room.hear_drafted()
        else:
            who = "zaki" if name == "WithdrawApproval" else "wulan"
            assert (await do(room, who, one)).status_code == 200, one


async def name_assignee(room: VerificationRoom, who: str) -> None:
    """Though the rule would refuse it: as an event that was recorded while somebody still was of the team."""
    command = AssignVerifier(
        cycle=CYCLE,
        agency="dinkes",
        period="tahunan",
        submission=submission("dinkes"),
        assignee=who,
        team=(who,),
        involved=(),
        by="wulan",
        occurred_on=date(2026, 1, 20),
    )
    order = Order(stream=streams.assignment(case("dinkes")), command=command, case_id=CYCLE)
    actor = Actor(person="wulan", role="tim_spm", agency="tapem")
    await room.running.handler.handle(order, actor=actor, command_id=uuid4())
    await room.follow_up()


def test_the_table_holds_every_act_of_verification() -> None:
    told = {
        route.path.removeprefix("/api/verification")
        for route in routes("verification")
        if method(route) == "POST"
        and route.path.startswith(("/api/verification/verifications/", "/api/verification/endorsements/"))
    }
    assert {path for path, *_rest in ACTS.values()} == told


@pytest.mark.parametrize("name", ACTS)
async def test_who_was_given_it_or_not_changes_nothing_about_who_may(
    room: VerificationRoom, name: str
) -> None:
    """At the moment at which the act is due, everybody outside is named, and refused; and when it is another
    verifier's, whoever may does it all the same.
    """
    await before(room, name)
    for who, (role, why) in OUTSIDE.items():
        if role not in GRANTED[name]:
            await name_assignee(room, who)
            answer = await do(room, who, name)
            allowed = {401} if role == "nobody" else {403, 404}
            assert answer.status_code in allowed, (who, why, answer.text)
    await name_assignee(room, "yuni")
    answer = await do(room, "sri" if name == "AnswerQuestion" else "zaki", name)
    assert answer.status_code == 200, answer.text
