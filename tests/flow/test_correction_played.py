"""An official correction on real parts, by the people whose offices it needs: from a wrong figure in a report
that is printed, sent and archived to the receipts of the corrected one, with both in the archive and in the
export.
"""

import io
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from deploy.demo import acts, submissions
from deploy.demo.days import Days, of_year
from deploy.demo.stage import Play, on
from deploy.local.instance import Instance
from services.archive.proof.verifier_export import README
from shared.sop.definition import CURRENT, sops
from tests.support.whole import Log

YEAR, LATER = 2021, timedelta(days=60)
"""A year that no other test plays on the same installation, before one agency had its services."""
WRONG = "dinkes"
SERVICE = "kes.ibu_hamil"
AGAIN = tuple(step.key for step in sops()[CURRENT].steps[8:])
"""What is done once more after the verification."""


@pytest.fixture(scope="module")
def corrected(jejak: Instance) -> Play:
    """A whole cycle, and then its correction to the second closing."""
    play = Play(jejak.address, of_year(YEAR), lambda _step, _what: None, patience=120)
    play.agencies = [agency for agency in play.agencies if agency.assigned[0].valid_from.year <= YEAR]
    acts.open_cycle(play)
    for key, act in acts.STEPS.items():
        play.step_started(key)
        act(play)
        play.step_done(key)
    play.days = later(play.days)
    decide(play)
    mend(play)
    acts.draft_report(play)
    acts.endorse(play)
    acts.print_copies(play)
    send(play)
    archive(play)
    play.step_done(AGAIN[-1])
    return play


def later(days: Days) -> Days:
    """The same acts some weeks after the cycle ended."""
    moved = {
        one.name: getattr(days, one.name) + LATER + (days.archived - days.opened)
        for one in fields(days)
        if one.name != "year"
    }
    return replace(days, **moved)


def decide(play: Play) -> None:
    kabag, path = play.as_(play.cast.kabag), f"/api/documents/cycles/{play.cycle}/documents/laporan"
    decision = play.upload(play.cast.kabag, "documents", "Keputusan koreksi", "Angka terlayani keliru.")
    body = {
        "digest": kabag.ask(path)["settled_digest"],
        "number": "130/7/2022",
        "issued_on": play.days.opened.isoformat(),
        "reason": "Terlayani tercetak keliru.",
        "submissions": [f"submission-{play.case(WRONG)}"],
        "file": decision,
    }
    kabag.give(f"{path}/corrections", body | on(play.days.opened))


def mend(play: Play) -> None:
    """The agency finds its sheet open, changes the figure and hands in; another person approves."""
    agency = next(one for one in play.agencies if one.id == WRONG)
    sheet, officer = f"/api/intake/submissions/{play.case(WRONG)}", play.as_(play.cast.officers[WRONG])
    play.wait_for("the sheet to be open again", lambda: officer.ask(sheet)["standing"] != "approved")
    figure = play.figures[SERVICE]
    submissions.mend_figure(play, agency, SERVICE, replace(figure, served=figure.served - 10))
    submissions.hand_in(play, agency, play.days.handed_in_again)
    path = f"/api/verification/verifications/{play.case(WRONG)}"
    verifier = play.as_(play.cast.verifier)
    play.wait_for("the sheet to wait", lambda: verifier.ask(path)["status"] == "waiting")
    submissions.approve(play, agency)


def names(what: str = "{}") -> Sequence[str]:
    return [what.format(f"{recipient}_koreksi_1") for recipient in acts.RECIPIENTS]


def send(play: Play) -> None:
    verifier = play.as_(play.cast.verifier)
    for number, dispatch in enumerate(names(), start=1):
        path = f"/api/documents/cycles/{play.cycle}/dispatches/{dispatch}"
        queued = play.once(play.cast.verifier, path, "queued")
        digest = play.wait_for(
            f"{dispatch} to hold the report", lambda path=path: report_in(verifier.ask(path))
        )
        body = {"digest": digest, "agenda_number": f"045/{510 + number}", "carrier": "Kurir Bagian Umum"}
        assert queued["correction"] == 1
        verifier.give(f"{path}/sending", body | on(play.days.sent))


def report_in(dispatch: dict[str, Any]) -> str | None:
    return next((one["digest"] for one in dispatch["items"] if one["document"].startswith("laporan")), None)


def archive(play: Play) -> None:
    for dispatch in names():
        acts.receive(play, dispatch)
    nur, shelf, day = (
        play.as_(play.cast.arsiparis),
        f"/api/archive/cycles/{play.cycle}",
        on(play.days.archived),
    )
    expected = {"laporan_koreksi_1", *names("tanda_terima_{}")}
    play.wait_for(
        "the items of the shelf", lambda: expected <= {one["item"] for one in nur.ask(shelf)["items"]}
    )
    for item in sorted(
        expected | {one["item"] for one in nur.ask(shelf)["items"] if "koreksi" in one["item"]}
    ):
        nur.give(f"{shelf}/items/{item}/file", day)
    nur.give(f"{shelf}/hard-copy", {"location": "Ruang arsip, rak 3, boks 13", "copies": 1} | day)
    nur.give(f"{shelf}/close", day)


def test_the_corrected_report_tells_of_its_decision_and_of_the_one_figure(corrected: Play) -> None:
    path = f"/api/documents/cycles/{corrected.cycle}/documents/laporan"
    kabag = corrected.as_(corrected.cast.kabag)
    content = kabag.fetch(f"{path}/files/{kabag.ask(path)['settled_digest']}")
    told = " ".join(
        " ".join(
            page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(io.BytesIO(content))
        ).split()
    )
    assert "KOREKSI KE-1" in told
    assert "keputusan nomor 130/7/2022" in told
    before = corrected.figures[SERVICE].served
    assert f"{before:,} {before - 10:,}".replace(",", ".") in told


def test_each_step_from_verification_on_was_done_twice(corrected: Play, log: Log) -> None:
    done = [event["data"]["step"] for event in log.of(corrected.cycle, "step-completed")]
    every = [step.key for step in sops()[CURRENT].steps]
    assert done == [*every, *every[7:]]


@pytest.fixture(scope="module")
def log(corrected: Play, jejak: Instance, tmp_path_factory: pytest.TempPathFactory) -> Log:
    return Log(jejak, tmp_path_factory.mktemp("corrected"), corrected.cycle)


def test_the_log_is_whole_and_names_who_decided(corrected: Play, log: Log) -> None:
    assert (log.report.verified, log.holes()) == (True, [])
    (decided,) = log.of(corrected.cycle, "correction-decided")
    assert decided["data"]["by"] == corrected.cast.kabag
    assert len(log.of(corrected.cycle, "cycle-archived")) == 2
    assert "koreksi ke-1" in (Path(log.export) / README).read_text(encoding="utf-8").casefold()
