"""What the agencies do: they fill in and hand in, one is asked to mend, and Tim SPM approves (steps 7 and 8).
Used by `acts.py`, where the steps stand in order.
"""

from datetime import date

from deploy.demo import data
from deploy.demo.stage import (
    OFFICERS,
    RETURNED,
    VERIFIER,
    Play,
    on,
)
from shared.contracts.values import Figure


def fill_in(play: Play) -> None:
    """Every agency enters its figures, attaches evidence and hands in."""
    figures = data.figures()
    for agency in data.agencies():
        officer, case = OFFICERS[agency.id], play.case(agency.id)
        for assigned in agency.assigned:
            _enter(play, officer, case, assigned.service, figures[assigned.service], play.days.filled)
        paper = play.upload(
            officer,
            "intake",
            f"Rekap {agency.short_name}",
            f"Rekapitulasi angka {agency.name}, contoh peragaan.",
        )
        evidence = (
            paper | {"services": [assigned.service for assigned in agency.assigned]} | on(play.days.filled)
        )
        play.as_(officer).give(f"/api/intake/submissions/{case}/evidence", evidence)
        _hand_in(play, officer, case, play.days.handed_in)


def verify(play: Play) -> None:
    """One submission goes back and comes again; then all are approved,
    each with the digest of what was seen.
    """
    _return_and_mend(play)
    for agency in data.agencies():
        _approve(play, play.case(agency.id))


def _enter(play: Play, officer: str, case: str, service: str, figure: Figure, day: date) -> None:
    quality = {
        item: {"required": amount.required, "fulfilled": amount.fulfilled}
        for item, amount in figure.quality.items()
    }
    said = {
        name: getattr(figure, name)
        for name in ("answer", "served", "entitled", "budget", "realised", "reason", "origin")
    }
    play.as_(officer).give(
        f"/api/intake/submissions/{case}/figures/{service}",
        said | {"quality": quality} | on(day),
        method="PUT",
    )


def _hand_in(play: Play, officer: str, case: str, day: date) -> None:
    path = f"/api/intake/submissions/{case}"
    seen = play.as_(officer).ask(path)["next_digest"]
    play.as_(officer).give(f"{path}/hand-in", {"digest": seen} | on(day))


def _return_and_mend(play: Play) -> None:
    case, officer = play.case(RETURNED), OFFICERS[RETURNED]
    service = next(agency.assigned[0].service for agency in data.agencies() if agency.id == RETURNED)
    seen = play.once(VERIFIER, f"/api/verification/verifications/{case}", "waiting")
    note = {"service": service, "field": "entitled", "note": "Sebutkan sumber angka sasaran."}
    body = {"reason": "Sumber angka sasaran belum disebut.", "fields": [note]} | on(play.days.returned)
    play.as_(VERIFIER).give(f"/api/verification/verifications/{case}/return", body, version=seen["version"])
    path = f"/api/intake/submissions/{case}"
    play.wait_for(f"{case} to come back", lambda: play.as_(officer).ask(path)["standing"] == "returned")
    paper = play.upload(
        officer, "intake", "Sumber angka sasaran", "Berita acara pendataan warga terdampak, contoh peragaan."
    )
    play.as_(officer).give(
        f"{path}/evidence", paper | {"services": [service]} | on(play.days.handed_in_again)
    )
    _hand_in(play, officer, case, play.days.handed_in_again)
    play.wait_for(
        f"{case} again",
        lambda: (
            play.as_(VERIFIER).ask(f"/api/verification/verifications/{case}")["revision"] > seen["revision"]
        ),
    )


def _approve(play: Play, case: str) -> None:
    path = f"/api/verification/verifications/{case}"
    seen = play.once(VERIFIER, path, "waiting")
    play.as_(VERIFIER).give(
        f"{path}/approval", {"digest": seen["digest"]} | on(play.days.approved), version=seen["version"]
    )
