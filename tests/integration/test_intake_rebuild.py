"""The read models of intake are exactly what its events say: rebuilt
beside the live ones, nothing differs.
"""

from datetime import date
from typing import Any

from deploy.local.postgres.databases import Database
from deploy.local.service_process import PEOPLE as PEOPLE_FILE
from services.intake.bootstrap import ROOM
from services.intake.domain.account_commands import (
    ActivateAccount,
    AskRecovery,
    CloseAccount,
    InviteAccount,
    RefuseRecovery,
)
from services.intake.domain.entering.login import RequestLogin
from services.intake.domain.entering.token import EndToken, GiveToken, RenewToken
from services.intake.people.seed import seed
from shared.contracts.replayed.certificate import CertificateAsked
from shared.contracts.talk import QuestionAnswered
from shared.contracts.values import FieldNote
from shared.contracts.verification import (
    AllSubmissionsApproved,
    ApprovalUncounted,
    ApprovalVoided,
    SubmissionApproved,
    SubmissionReturned,
)
from shared.eventsourcing.read_models.rebuild import Certificate, rebuild
from shared.eventsourcing.sql import open_pool
from tests.support.events import REGION, made
from tests.support.intake_room import (
    CYCLE,
    IntakeRoom,
    figure_body,
    hand_in,
    hand_in_again,
    intake_room,
    to_step_7,
)
from tests.support.parts import PostgresPart

CASE = f"{CYCLE}-satpolpp-tahunan"
WHOSE = {"cycle": CYCLE, "agency": "satpolpp", "period": "tahunan", "submission": f"submission-{CASE}"}


async def an_account(room: IntakeRoom) -> None:
    """A local account and a token from beginning to end, and somebody at a provider who asks to be joined."""
    whose: dict[str, Any] = {"person": "sri", "occurred_on": date(2026, 8, 3)}
    by = {**whose, "by": "bagus"}
    for command in (
        InviteAccount(**by, terminal=False),
        ActivateAccount(**whose, invitation=1),
        AskRecovery(**by, reason="hilang"),
        RefuseRecovery(**by, reason="bukan dia"),
        CloseAccount(**by, reason="pensiun"),
    ):
        await room.order("account-sri", command)
    token: dict[str, Any] = {
        "region": "3402",
        "token": "3402-sipd",
        "by": "bagus",
        "occurred_on": whose["occurred_on"],
    }
    until = {"valid_until": date(2027, 1, 1)}
    office: dict[str, Any] = {"role": "unsur_opd", "agency": "dinkes", "holder": "sri", "purpose": "SIPD"}
    for command in (
        GiveToken(**token, **office, **until),
        RenewToken(**token, **until),
        EndToken(**token, reason="x"),
    ):
        await room.order("token-3402-sipd", command)
    said = {"issuer": "https://sso", "nip": "", "email": "", "name": "x", "occurred_on": whose["occurred_on"]}
    await room.order(f"login-{'a' * 64}", RequestLogin(login="a" * 64, **said))


async def a_busy_cycle(room: IntakeRoom) -> None:
    """A decree; evidence that came and went; one submission returned, handed in again,
    approved, taken back.
    """
    await room.give(
        "POST",
        "/calendar/days",
        "bagus",
        {"day": "2026-08-07", "kind": "holiday", "name": "x", "source": "SKB"},
    )
    said = {"threshold": "births", "limit": 9, "valid_from": "2027-01-18", "source": "x"}
    await room.give("POST", "/rules/thresholds", "bagus", said)
    row = {"service": "kes.balita", "year": 2026, "population": 9, "counted_on": "2026-06-30", "source": "x"}
    for population in (9, 10):
        rows = {"rows": [row | {"population": population}]}
        await room.give("POST", "/rules/populations", "bagus", rows)
    await seed(room.running, PEOPLE_FILE, REGION)
    await an_account(room)
    office = {"ended_on": "2026-12-31", "reason": "pindah"}
    await room.give("POST", "/people/sri/offices/1/end", "hesti", office)
    await room.give("PUT", "/people/sri", "hesti", {"name": "Sri, M.Kes.", "agency": "dinkes"})
    await room.give("POST", "/people/adi/leaving", "dimas", {"left_on": "2026-12-31", "reason": "pensiun"})
    await room.give("PUT", "/people/adi", "dimas", {"name": "Adi", "agency": "dinsos"})
    await to_step_7(room, "satpolpp", "bpbd")
    path = f"/submissions/{CASE}"
    for content in (b"%PDF-1.7 1", b"%PDF-1.7 2"):
        file = await room.upload("agus", content)
        await room.give("POST", f"{path}/evidence", "agus", {**file, "services": ["trantib.trantibum"]})
    await room.give("POST", f"{path}/evidence/{file['digest']}/withdrawal", "agus", {"reason": "keliru"})
    await room.give(
        "PUT",
        f"/submissions/{CYCLE}-bpbd-tahunan/figures/trantib.kebakaran",
        "lina",
        {"served": 1, "entitled": 2},
    )
    await room.give("PUT", f"/submissions/{CYCLE}-bpbd-tahunan/figures/trantib.kebakaran", "lina", {})
    blank = figure_body("trantib.trantibum") | {"budget": None, "realised": None}
    await room.give("PUT", f"{path}/figures/trantib.trantibum", "agus", blank)
    said = {"service": "trantib.trantibum", "rule": "R01", "field": "budget", "text": "Belum disahkan."}
    await room.give("POST", f"{path}/explanations", "agus", said)
    found = await room.give("GET", f"/findings?cycle={CYCLE}&agency=satpolpp", "tari")
    about = {"finding": found["items"][0]["finding"]}
    await room.give("POST", f"{path}/findings/assignment", "tari", about | {"assignee": "yoga"})
    await room.give("POST", f"{path}/findings/resolution", "tari", about | {"text": "Cocok."})
    await hand_in(room, "satpolpp")
    sheet = (await room.give("GET", path, "agus"))["digest"]
    await room.give(
        "POST",
        f"{path}/signed-sheets",
        "agus",
        {**await room.upload("agus", b"%PDF-1.7 lembar"), "sheet": sheet},
    )
    note = FieldNote(service="trantib.trantibum", field="served", note="?")
    returned = SubmissionReturned(
        **WHOSE, revision=1, reason="x", fields=(note,), by="tari", occurred_on=date(2027, 1, 18)
    )
    await room.hear(returned, f"verification-{CASE}")
    about = {"service": note.service, "field": note.field, "text": "x", "by": "agus"}
    await room.hear(made(QuestionAnswered, **WHOSE, **about), f"verification-{CASE}")
    await hand_in_again(room, "satpolpp")
    approved = SubmissionApproved(
        **WHOSE,
        agency_name="x",
        revision=2,
        digest="d",
        figures={},
        contributors=("agus",),
        by="tari",
        occurred_on=date(2027, 1, 19),
    )
    await room.hear(approved, f"verification-{CASE}")
    await room.give("POST", f"{path}/taking-back", "agus", {"reason": "salah"})
    everything = AllSubmissionsApproved(
        cycle=CYCLE,
        digests={},
        contributors=("agus",),
        verifiers=("tari",),
        by="tari",
        occurred_on=date(2027, 1, 19),
    )
    await room.hear(everything, f"round-{CYCLE}")
    await room.hear(
        ApprovalUncounted(cycle=CYCLE, agency="satpolpp", submission=WHOSE["submission"]), f"round-{CYCLE}"
    )
    voided = ApprovalVoided(
        **WHOSE, revision=2, digest="d", approved_by="tari", changes=(), reason="salah", by="agus"
    )
    await room.hear(voided, f"verification-{CASE}")


async def rebuilt(room: IntakeRoom, database: Database) -> Certificate:
    foreign = [source for source in ROOM.sources if source != ROOM.name]
    async with open_pool(database.owner, size=1) as pool, pool.connection() as conn:
        return await rebuild(
            conn, ROOM.name, ROOM.projecting("3402"), ROOM.metadata, foreign, room.feed, past=True
        )


async def test_live_read_models_equal_their_rebuild(postgres: PostgresPart) -> None:
    database = postgres.fresh_database("intake_rebuild")
    async with intake_room(database) as room:
        await a_busy_cycle(room)
        await room.hear(made(CertificateAsked), "certificate-replay")
        certificate = await rebuilt(room, database)
    assert {verdict.table: verdict.differing for verdict in certificate.tables if verdict.differing} == {}
    assert [verdict.table for verdict in certificate.tables if verdict.live == 0] == []
