"""What the agencies do: they fill in and hand in, one is asked to mend, and Tim SPM approves (steps 7 and 8).
Used by `acts.py`, where the steps stand in order, and `running.py`, where each agency is somewhere else.
"""

from collections.abc import Sequence
from datetime import date

from deploy.demo.data import DemoAgency
from deploy.demo.stage import RETURNED, Play, on
from shared.contracts.values import Figure

ASKED = "Sebutkan sumber angka sasaran."


def fill_in(play: Play) -> None:
    """Every agency enters its figures, attaches evidence and hands in."""
    for agency in play.agencies:
        enter(play, agency, services_of(agency))
        attach(play, agency)
        hand_in(play, agency, play.days.handed_in)


def verify(play: Play) -> None:
    """One submission goes back and comes again; then all are approved,
    each with the digest of what was seen.
    """
    returned = next(agency for agency in play.agencies if agency.id == RETURNED)
    revision = send_back(play, returned)
    mend(play, returned)
    path = f"/api/verification/verifications/{play.case(returned.id)}"
    play.wait_for(f"{path} again", lambda: play.as_(play.cast.verifier).ask(path)["revision"] > revision)
    for agency in play.agencies:
        approve(play, agency)


def services_of(agency: DemoAgency) -> Sequence[str]:
    return [assigned.service for assigned in agency.assigned]


def enter(play: Play, agency: DemoAgency, services: Sequence[str]) -> None:
    """The figures of these services, as the agency has them."""
    for service in services:
        _enter(play, agency.id, service, play.figures[service], play.days.filled)


def attach(play: Play, agency: DemoAgency) -> None:
    """One paper as evidence of all services."""
    text = f"Rekapitulasi angka {agency.name} tahun {play.days.year}, contoh peragaan."
    _attach(play, agency.id, f"Rekap {agency.short_name}", text, services_of(agency), play.days.filled)


def hand_in(play: Play, agency: DemoAgency, day: date) -> None:
    """What stands there, by the digest of what was seen."""
    officer, path = play.as_(play.cast.officers[agency.id]), f"/api/intake/submissions/{play.case(agency.id)}"
    officer.give(f"{path}/hand-in", {"digest": officer.ask(path)["next_digest"]} | on(day))


def send_back(play: Play, agency: DemoAgency) -> int:
    """Returned with a reason and a pointed-at field; answers which revision that was."""
    case, tari = play.case(agency.id), play.as_(play.cast.verifier)
    path = f"/api/verification/verifications/{case}"
    seen = play.once(play.cast.verifier, path, "waiting")
    note = {"service": services_of(agency)[0], "field": "entitled", "note": ASKED}
    body = {"reason": "Sumber angka sasaran belum disebut.", "fields": [note]} | on(play.days.returned)
    tari.give(f"{path}/return", body, version=seen["version"])
    officer, sheet = play.as_(play.cast.officers[agency.id]), f"/api/intake/submissions/{case}"
    play.wait_for(f"{case} to come back", lambda: officer.ask(sheet)["standing"] == "returned")
    return int(seen["revision"])


def mend(play: Play, agency: DemoAgency) -> None:
    """What was asked for is attached, and the sheet handed in again."""
    text = f"Berita acara pendataan warga terdampak tahun {play.days.year}, contoh peragaan."
    day = play.days.handed_in_again
    _attach(play, agency.id, "Sumber angka sasaran", text, services_of(agency)[:1], day)
    hand_in(play, agency, day)


def approve(play: Play, agency: DemoAgency) -> None:
    """By the digest of what the verifier saw."""
    path = f"/api/verification/verifications/{play.case(agency.id)}"
    seen = play.once(play.cast.verifier, path, "waiting")
    body = {"digest": seen["digest"]} | on(play.days.approved)
    play.as_(play.cast.verifier).give(f"{path}/approval", body, version=seen["version"])


def take_back(play: Play, agency: DemoAgency, reason: str) -> None:
    """Handed in, and wanted back by the agency itself: whoever approved it is told."""
    officer, path = play.as_(play.cast.officers[agency.id]), f"/api/intake/submissions/{play.case(agency.id)}"
    officer.give(f"{path}/taking-back", {"reason": reason} | on(play.days.handed_in_again))


def mend_figure(play: Play, agency: DemoAgency, service: str, figure: Figure) -> None:
    """Another figure for one service."""
    _enter(play, agency.id, service, figure, play.days.handed_in_again)


def _enter(play: Play, agency: str, service: str, figure: Figure, day: date) -> None:
    quality = {
        item: {"required": amount.required, "fulfilled": amount.fulfilled}
        for item, amount in figure.quality.items()
    }
    said = {
        name: getattr(figure, name)
        for name in ("answer", "served", "entitled", "budget", "realised", "reason", "origin")
    }
    play.as_(play.cast.officers[agency]).give(
        f"/api/intake/submissions/{play.case(agency)}/figures/{service}",
        said | {"quality": quality} | on(day),
        method="PUT",
    )


def _attach(play: Play, agency: str, title: str, text: str, services: Sequence[str], day: date) -> None:
    officer = play.cast.officers[agency]
    paper = play.upload(officer, "intake", title, text)
    body = paper | {"services": list(services)} | on(day)
    play.as_(officer).give(f"/api/intake/submissions/{play.case(agency)}/evidence", body)
