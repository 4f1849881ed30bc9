"""The way of a cycle through intake, act by act, for tests that begin somewhere on it."""

from datetime import date

from deploy.demo import data
from shared.contracts.documents import DocumentDrafted, DocumentHandedOver
from shared.contracts.values import StoredFile
from tests.support.intake_room import CYCLE, IntakeRoom, complete, figure_body, opened

PDF = StoredFile(digest="a" * 64, name="draf.pdf", media_type="application/pdf", size=9)


def drafted(kind: str, day: date) -> DocumentDrafted:
    return DocumentDrafted(
        cycle=CYCLE, document=f"document-{CYCLE}-{kind}", kind=kind, revision=1, file=PDF,
        data_digest="d" * 64, template_digest="t" * 64,
        engine="typst", verifiers=(), basis={}, by="bagus", occurred_on=day,
    )  # fmt: skip


OFFICERS = {
    "dinkes": "sri",
    "disdikpora": "rina",
    "dpupkp": "joko",
    "satpolpp": "agus",
    "bpbd": "lina",
    "dinsos": "wulan",
}
SOME = ("dinkes", "satpolpp", "dinsos")


async def states(room: IntakeRoom) -> list[str]:
    return [step["state"] for step in await room.give("GET", f"/cycles/{CYCLE}/steps", "wening")]


async def to_step_6(room: IntakeRoom, *agencies: str) -> None:
    await opened(room, *agencies)
    assert (await complete(room, 1, "hesti", date(2026, 8, 4))).status_code == 200
    assert (await complete(room, 2, "bagus", date(2026, 8, 5), papers=False)).status_code == 200
    assert (await complete(room, 3, "bagus", date(2026, 8, 6), papers=False)).status_code == 200
    await room.hear(drafted("sk_tim", date(2026, 8, 12)), f"document-{CYCLE}-sk_tim")
    await room.hear(
        DocumentHandedOver(
            cycle=CYCLE, document=f"document-{CYCLE}-sk_tim", revision=1, digest="a" * 64,
            handed_to="Bagian Hukum", reference="1", receipt=None,
            by="bagus", occurred_on=date(2026, 8, 20),
        ),
        f"document-{CYCLE}-sk_tim",
    )  # fmt: skip


async def to_step_7(room: IntakeRoom, *agencies: str) -> None:
    await to_step_6(room, *(agencies or SOME))
    assert (await complete(room, 6, "hesti", date(2026, 9, 1))).status_code == 200


async def fill(room: IntakeRoom, agency: str) -> None:
    for entry in next(known for known in data.agencies() if known.id == agency).assigned:
        path = f"/submissions/{CYCLE}-{agency}-tahunan/figures/{entry.service}"
        await room.give("PUT", path, OFFICERS[agency], figure_body(entry.service))


async def hand_in(room: IntakeRoom, agency: str) -> None:
    await fill(room, agency)
    await hand_in_again(room, agency)


async def hand_in_again(room: IntakeRoom, agency: str) -> None:
    """What is stored, as somebody who has looked at it."""
    path = f"/submissions/{CYCLE}-{agency}-tahunan"
    seen = (await room.give("GET", path, OFFICERS[agency]))["next_digest"]
    await room.give(
        "POST", f"{path}/hand-in", OFFICERS[agency], {"digest": seen, "occurred_on": "2027-01-18"}
    )
