"""The whole cycle on real parts: thirteen steps by five roles, both receipts archived, the log verified,
every page's data rebuilt from events.
"""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import httpx2
import pytest

from deploy.demo.caller import Caller, Positions, Unexpected
from deploy.demo.cycle import play_cycle
from deploy.demo.days import of_year
from deploy.local.instance import Instance
from services.archive.proof import verifier
from services.archive.proof.verifier_export import EVENTS
from shared.access import people
from shared.service_names import SERVICES
from shared.sop.definition import CURRENT, sops
from tests.support.whole import Log

YEAR = 2025
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def cycle(jejak: Instance) -> str:
    return play_cycle(jejak.address, lambda _step, _what: None, days=of_year(YEAR))


@pytest.fixture(scope="module")
def log(jejak: Instance, cycle: str, tmp_path_factory: pytest.TempPathFactory) -> Log:
    return Log(jejak, tmp_path_factory.mktemp("flow"), cycle)


def test_each_step_is_completed_once_in_order(log: Log, cycle: str) -> None:
    assert [event["data"]["step"] for event in log.of(cycle, "step-completed")] == [
        step.key for step in sops()[CURRENT].steps
    ]


def test_each_step_is_completed_by_the_role_that_owns_it(log: Log, cycle: str) -> None:
    persons = people.load(ROOT / "deploy" / "demo" / "people.toml", "3402").persons
    for event in log.of(cycle, "step-completed"):
        roles = {office.role for office in persons[event["data"]["by"]].offices}
        assert sops()[CURRENT].step(event["data"]["step"]).role in roles, event["data"]


def test_every_event_knows_when_it_happened_and_when_it_was_learned(log: Log, cycle: str) -> None:
    for event in log.of(cycle, "step-completed"):
        assert event["data"]["occurred_on"] < event["recorded_at"][:10]


def test_all_29_services_were_reported_and_approved(log: Log, cycle: str) -> None:
    approved = {
        service for event in log.of(cycle, "submission-approved") for service in event["data"]["figures"]
    }
    assert len(approved) == 29


def test_borrowed_and_synthetic_figures_say_so(log: Log, cycle: str) -> None:
    origins = {
        service: figure["origin"]
        for event in log.of(cycle, "submission-received")
        for service, figure in event["data"]["figures"].items()
    }
    assert all(
        "Gorontalo" in origin if service.startswith("kes.") else "sintetis" in origin.lower()
        for service, origin in origins.items()
    )


def test_verifier_submitter_and_endorser_are_different_persons(log: Log, cycle: str) -> None:
    submitters = {event["data"]["by"] for event in log.of(cycle, "submission-received")}
    verifiers = {event["data"]["by"] for event in log.of(cycle, "submission-approved")}
    endorsers = {event["data"]["by"] for event in log.of(cycle, "report-endorsed")}
    assert len(submitters | verifiers | endorsers) == len(submitters) + len(verifiers) + len(endorsers)


def test_both_receipts_lie_in_the_archive_under_lock(log: Log, cycle: str) -> None:
    filed = {event["data"]["item"]: event["data"] for event in log.of(cycle, "item-filed")}
    for recipient in ("gubernur", "kemendagri"):
        assert filed[f"tanda_terima_{recipient}"]["mode"] in {"governance", "compliance"}
        assert filed[f"tanda_terima_{recipient}"]["lock_enforced"]


def test_printed_sent_and_archived_is_exactly_what_was_endorsed(log: Log, cycle: str) -> None:
    endorsed = {event["data"]["digest"] for event in log.of(cycle, "report-endorsed")}
    printed = {event["data"]["digest"] for event in log.of(cycle, "copies-printed")}
    filed = {
        event["data"]["file"]["digest"]
        for event in log.of(cycle, "item-filed")
        if event["data"]["item"] == "laporan"
    }
    assert endorsed == printed == filed


def test_the_log_verifies_offline_and_has_no_hole(log: Log) -> None:
    assert (log.report.verified, log.report.refuted, log.holes()) == (True, [], [])


def test_an_effect_stands_after_its_cause(log: Log) -> None:
    seen = set()
    for event in log.events:
        cause = event["metadata"]["causation"]
        assert cause is None or (cause["source"], cause["stream"], cause["version"]) in seen, event
        seen.add((event["source"], event["stream"], event["version"]))


def test_no_command_took_effect_twice(log: Log) -> None:
    per_command = Counter((event["metadata"]["command_id"], event["stream"]) for event in log.events)
    streams_of = Counter(command for command, _ in per_command)
    assert all(count == 1 for count in streams_of.values())


def test_the_exported_verifier_stands_alone(log: Log, tmp_path: Path) -> None:
    alone = next(log.export.glob("*.py"))
    done = subprocess.run(
        [sys.executable, "-I", str(alone), str(log.export)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_one_altered_byte_is_found(log: Log, tmp_path: Path) -> None:
    forged = tmp_path / "forged"
    forged.mkdir()
    for name in (EVENTS, "checkpoint", "vkey"):
        (forged / name).write_bytes((log.export / name).read_bytes())
    events = (forged / EVENTS).read_bytes()
    (forged / EVENTS).write_bytes(events.replace(b'"served":4075', b'"served":4076', 1))
    assert not verifier.verify(forged).verified


@pytest.mark.parametrize("service", SERVICES)
def test_every_read_model_equals_its_rebuild_from_events(jejak: Instance, cycle: str, service: str) -> None:
    assert cycle
    done = subprocess.run(
        [sys.executable, "-m", f"services.{service}", "fsck"],
        cwd=ROOT,
        env=jejak.env(service, owner=True),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_closed_cycle_takes_no_more_figures(jejak: Instance, cycle: str) -> None:
    sri = Caller(jejak.address, "sri", Positions())
    with pytest.raises(Unexpected, match="submission-closed"):
        sri.give(
            f"/api/intake/submissions/{cycle}-dinkes-tahunan/figures/kes.balita",
            {"served": 1, "entitled": 2},
            method="PUT",
        )
    sri.close()


def test_no_secret_is_in_any_log_or_event(jejak: Instance, log: Log) -> None:
    secrets = [
        path.read_text().strip()
        for path in (jejak.folder / "secrets").rglob("*")
        if path.is_file() and path.stat().st_size < 200
    ]
    secrets = [secret for secret in secrets if len(secret) >= 12]
    assert secrets
    for path in [*(jejak.folder / "logs").glob("*"), log.export / EVENTS]:
        written = path.read_text(errors="replace")
        assert not [secret[:4] for secret in secrets if secret in written], path


def test_every_page_of_the_finished_cycle_answers(jejak: Instance, cycle: str) -> None:
    with httpx2.Client(base_url=jejak.address, follow_redirects=True) as browser:
        token = browser.post("/api/intake/session", json={"person": "hesti"}).json()["token"]
        browser.cookies.set("jejak_session", token)
        for path in (
            "/",
            "/isian",
            "/verifikasi",
            "/dokumen",
            "/pengiriman",
            "/arsip",
            "/jejak-audit",
            "/opd",
            "/kalender",
        ):
            answer = browser.get(path)
            assert answer.status_code == 200, (path, answer.status_code)
            assert "<h1" in answer.text
