"""The acts of the steps of 04/SOP/2022, each by the person whose office it is.
Used by `cycle.py`, which waits until each step is done.

The play is no straight line: one submission is returned with a reason and a pointed-at field,
mended and handed in again, as it happens in every real year; verifier and endorser are different persons.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from deploy.demo import data
from deploy.demo.stage import COPIES, Play, on
from deploy.demo.submissions import fill_in, verify
from shared.sop.definition import CURRENT, sops
from shared.sop.document_kinds import document_kinds

RECIPIENTS: Mapping[str, str] = {
    name: document_kinds().recipient[name].letter for name in sops()[CURRENT].recipients
}


def open_cycle(play: Play) -> None:
    """Agencies with their services, then the cycle itself."""
    kabag, day = play.as_(play.cast.kabag), play.days.opened.isoformat()
    for agency in play.agencies:
        kabag.give(f"/api/intake/agencies/{agency.id}", _agency(agency, day), method="PUT")
        for assigned in agency.assigned:
            body = {
                "service": assigned.service,
                "valid_from": assigned.valid_from.isoformat(),
                "occurred_on": day,
            }
            kabag.give(f"/api/intake/agencies/{agency.id}/assignments", body)
    if play.region == data.region()[0]:
        kabag.give("/api/intake/rules/populations", {"rows": data.populations(play.days.year)})
    begin_cycle(play)


def begin_cycle(play: Play) -> None:
    """The cycle alone, for the agencies that are there."""
    opening = {
        "year": play.days.year,
        "region": play.region,
        "region_name": play.region_name,
        "occurred_on": play.days.opened.isoformat(),
    }
    play.as_(play.cast.kabag).give("/api/intake/cycles", opening)


def coordinate(play: Play) -> None:
    note = play.upload(
        play.cast.kabag,
        "intake",
        "Catatan koordinasi",
        "Pedoman penyusunan laporan SPM dibahas bersama Provinsi dan Kemendagri.",
    )
    _complete(
        play,
        play.cast.kabag,
        "guidance",
        play.days.guidance,
        "Pedoman tahun ini diterima dari Provinsi dan Kemendagri.",
        [note],
    )


def follow_up(play: Play) -> None:
    _complete(
        play,
        play.cast.subkoordinator,
        "follow_up",
        play.days.guidance,
        "Pedoman dibagikan kepada pelaksana; tenggat disepakati.",
        [],
    )


def plan(play: Play) -> None:
    _complete(
        play,
        play.cast.subkoordinator,
        "work_plan",
        play.days.plan,
        "Rencana kerja disusun mundur dari batas lapor.",
        [],
    )


def draft_decree(play: Play) -> None:
    _draft(play, play.cast.subkoordinator, "sk_tim", play.days.decree_drafted)


def hand_over_decree(play: Play) -> None:
    bagus, path = play.as_(play.cast.subkoordinator), f"/api/documents/cycles/{play.cycle}/documents/sk_tim"
    receipt = play.upload(
        play.cast.subkoordinator, "documents", "Tanda serah draf SK", "Draf SK Tim SPM diterima Bagian Hukum."
    )
    body = {
        "digest": bagus.ask(path)["digest"],
        "handed_to": "Bagian Hukum",
        "reference": "180/214",
        "receipt": receipt,
    }
    bagus.give(f"{path}/hand-over", body | on(play.days.decree_handed_over))


def socialise(play: Play) -> None:
    hold_socialisation(play)
    decree = {"number": f"130/17/HK/{play.days.year}", "issued_on": play.days.decree_issued.isoformat()}
    play.as_(play.cast.subkoordinator).give(
        f"/api/documents/cycles/{play.cycle}/documents/sk_tim/decree", decree | on(play.days.decree_issued)
    )


def hold_socialisation(play: Play) -> None:
    """The agencies are told; whether the team's decree is there by then is another matter."""
    kabag = play.cast.kabag
    papers = [
        play.upload(kabag, "intake", "Daftar hadir sosialisasi", "Daftar hadir perangkat daerah."),
        play.upload(kabag, "intake", "Materi sosialisasi", "Materi pengisian capaian SPM."),
    ]
    summary = "Sosialisasi kepada seluruh perangkat daerah pengampu SPM."
    _complete(play, kabag, "socialisation", play.days.socialised, summary, papers)


def draft_report(play: Play) -> None:
    _draft(play, play.cast.verifier, "laporan", play.days.drafted)


def endorse(play: Play) -> None:
    """Both cover letters by the drafter, the endorsement by somebody who neither drafted nor verified."""
    path = f"/api/verification/endorsements/{play.cycle}"
    waiting = play.once(play.cast.endorser, path, "waiting")
    play.as_(play.cast.endorser).give(
        f"{path}/endorsement",
        {"digest": waiting["digest"]} | on(play.days.endorsed),
        version=waiting["version"],
    )
    settled = f"/api/documents/cycles/{play.cycle}/documents/laporan"
    play.wait_for("the endorsed report", lambda: play.as_(play.cast.verifier).ask(settled)["settled_digest"])
    for document in RECIPIENTS.values():
        _draft(play, play.cast.verifier, document, play.days.endorsed)


def print_copies(play: Play) -> None:
    path = f"/api/documents/cycles/{play.cycle}/documents/laporan"
    report = play.as_(play.cast.verifier).ask(path)
    play.as_(play.cast.verifier).give(
        f"{path}/copies", {"digest": report["settled_digest"], "copies": COPIES} | on(play.days.printed)
    )


def send(play: Play) -> None:
    for number, recipient in enumerate(RECIPIENTS, start=1):
        path = f"/api/documents/cycles/{play.cycle}/dispatches/{recipient}"
        queued = play.once(play.cast.verifier, path, "queued")
        report = next(item["digest"] for item in queued["items"] if item["document"] == "laporan")
        body = {"digest": report, "agenda_number": f"045/{310 + number}", "carrier": "Kurir Bagian Umum"}
        play.as_(play.cast.verifier).give(f"{path}/sending", body | on(play.days.sent))


def receive(play: Play, recipient: str) -> None:
    """The receipt of one recipient comes back."""
    scan = play.upload(
        play.cast.verifier, "documents", f"Tanda terima {recipient}", "Laporan SPM diterima lengkap."
    )
    body = {
        "received_by": "Petugas loket",
        "received_on": play.days.received.isoformat(),
        "reference": "TT-01",
        "scan": scan,
    }
    play.as_(play.cast.verifier).give(
        f"/api/documents/cycles/{play.cycle}/dispatches/{recipient}/receipt",
        body | on(play.days.received),
    )


def archive(play: Play) -> None:
    """The receipts come back; the Arsiparis files everything that the cycle must hold, and closes it."""
    for recipient in RECIPIENTS:
        receive(play, recipient)
    nur, shelf, day = (
        play.as_(play.cast.arsiparis),
        f"/api/archive/cycles/{play.cycle}",
        on(play.days.archived),
    )
    expected = {"laporan", *(f"tanda_terima_{recipient}" for recipient in RECIPIENTS)}
    items = play.wait_for("the items of the shelf", lambda: _holding(nur.ask(shelf)["items"], expected))
    for item in items:
        nur.give(f"{shelf}/items/{item}/file", day)
    nur.give(f"{shelf}/hard-copy", {"location": "Ruang arsip, rak 3, boks 12", "copies": 1} | day)
    nur.give(f"{shelf}/close", day)


STEPS: Mapping[str, Callable[[Play], None]] = {
    "guidance": coordinate,
    "follow_up": follow_up,
    "work_plan": plan,
    "decree_draft": draft_decree,
    "decree_handover": hand_over_decree,
    "socialisation": socialise,
    "filling": fill_in,
    "verification": verify,
    "report_draft": draft_report,
    "endorsement": endorse,
    "printing": print_copies,
    "dispatch": send,
    "archiving": archive,
}
"""What is done in each step, by its key, in the order of the SOP."""


def _agency(agency: data.DemoAgency, day: str) -> dict[str, Any]:
    return {"name": agency.name, "short_name": agency.short_name, "occurred_on": day}


def _holding(items: list[dict[str, Any]], expected: set[str]) -> list[str] | None:
    names = [item["item"] for item in items]
    return names if expected <= set(names) else None


def _complete(
    play: Play, person: str, step: str, day: date, summary: str, evidence: list[dict[str, str]]
) -> None:
    body = {"summary": summary, "evidence": evidence} | on(day)
    play.as_(person).give(f"/api/intake/cycles/{play.cycle}/steps/{step}/completion", body)


def _draft(play: Play, person: str, document: str, day: date) -> None:
    path = f"/api/documents/cycles/{play.cycle}/documents/{document}"
    play.wait_for(f"{document} open", lambda: play.as_(person).ask(path)["state"] != "closed")
    play.as_(person).give(f"{path}/draft", {"fields": {}} | on(day))
