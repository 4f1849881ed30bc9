"""What `jejak doctor` makes of facts: a row for everything that it can find, in both languages,
with what to do; nothing wrong where all is well; exit code for scripts.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.commands.doctor import MARKS
from deploy.doctor import checks
from deploy.doctor.facts import Clock, Database, Disk, Facts, Name, Port, Replicas
from deploy.doctor.finding import Finding, exit_code
from deploy.front_door.certificate import Certificate
from deploy.messages import sentences
from shared.messaging.copies import Copies

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
PLACE, DAY = Path("/srv/jejak"), timedelta(days=1)
CERTIFICATE = Certificate(names=("jejak.go.id",), begins=NOW - 300 * DAY, ends=NOW + 90 * DAY)
FINE: Mapping[str, Any] = {"checks": {"database": {"ok": True}, "transport": {"ok": True, "parked": 0}}}
WELL = Facts(
    now=NOW,
    folder=PLACE,
    production=True,
    disks=(Disk(place=PLACE, free_mb=90_000),),
    memory_mb=8_000,
    clock=Clock(kept=True),
    ports=(Port(443),),
    name=Name("jejak.go.id", ("10.0.0.4",), here=True),
    certificate=CERTIFICATE,
    running=True,
    ready={"intake": FINE},
    databases=(Database("intake", "intake_0008", "intake_0008"),),
    unlocked=(),
    topics=(Copies("jejak.events.intake", 3, 3, 3, 2),),
    replicas=Replicas("*", connected=1, in_step=1),
    backup=NOW - DAY / 2,
)


def disk(**facts: Any) -> Facts:
    return replace(WELL, disks=(replace(WELL.disks[0], **facts),))


def said(**facts: Any) -> Facts:
    return replace(WELL, ready={"intake": facts})


def sharing(*partitions: int) -> Facts:
    """Workers of one service that read so many partitions each."""
    workers = {
        str(node): {"checks": {"transport": {"partitions": one}}} for node, one in enumerate(partitions)
    }
    return said(checks={"workers": {"ok": True, "workers": workers}})


ROWS: tuple[tuple[str, str, Facts], ...] = (
    ("setting", "wrong", replace(WELL, faults=("JEJAK_LOGIN must be …",))),
    ("no-production", "warning", replace(WELL, production=False)),
    ("disk-full", "wrong", disk(free_mb=699)),
    ("disk-full", "wrong", disk(refused="ENOSPC")),
    ("disk-full", "wrong", disk(refused="EDQUOT")),
    ("disk-small", "warning", disk(free_mb=4_000)),
    ("read-only", "wrong", disk(refused="EROFS")),
    ("not-writable", "wrong", disk(refused="EACCES")),
    ("memory", "wrong", replace(WELL, memory_mb=900)),
    ("clock-behind", "wrong", replace(WELL, clock=Clock(kept=True, behind_s=3_600.0))),
    ("clock-alone", "warning", replace(WELL, clock=Clock(kept=False))),
    ("port-taken", "wrong", replace(WELL, ports=(Port(443, "port-taken", "nginx (pid 7)"),))),
    ("port-forbidden", "wrong", replace(WELL, ports=(Port(443, "port-forbidden"),))),
    ("port-elsewhere", "wrong", replace(WELL, ports=(Port(443, "port-elsewhere"),))),
    ("name-unknown", "wrong", replace(WELL, name=Name("jejak.go.id"))),
    ("name-elsewhere", "warning", replace(WELL, name=Name("jejak.go.id", ("192.0.2.7",)))),
    ("setting", "wrong", replace(WELL, certificate_fault="The key … does not belong …")),
    ("certificate-expired", "wrong", replace(WELL, certificate=replace(CERTIFICATE, ends=NOW))),
    ("certificate-early", "wrong", replace(WELL, certificate=replace(CERTIFICATE, begins=NOW + DAY))),
    ("certificate-soon", "warning", replace(WELL, certificate=replace(CERTIFICATE, ends=NOW + 20 * DAY))),
    ("certificate-foreign", "wrong", replace(WELL, certificate=replace(CERTIFICATE, names=("a.go.id",)))),
    ("secret-open", "wrong", replace(WELL, open_secrets=(PLACE / "data" / "secrets" / "signing-intake",))),
    ("not-running", "warning", replace(WELL, running=False)),
    ("part-stopped", "wrong", replace(WELL, stopped=("kafka",))),
    ("service-silent", "wrong", said()),
    ("service-lacks", "wrong", said(checks={"store": {"ok": False, "cause": "store-away"}})),
    ("service-trouble", "wrong", said(checks={}, troubles={"clock": {"cause": "the clock said …"}})),
    ("stuck", "wrong", said(checks={"transport": {"ok": True, "parked": 2}})),
    ("stuck", "wrong", said(checks={"workers": {"ok": True, "workers": {"1": {"checks": {"parked": 1}}}}})),
    ("unpublished", "wrong", said(checks={"transport": {"ok": True, "unpublished": 1}})),
    ("database-away", "wrong", replace(WELL, databases=(Database("intake", None, "x", away="refused"),))),
    ("migrations", "wrong", replace(WELL, databases=(Database("intake", "intake_0007", "intake_0008"),))),
    ("migrations", "wrong", replace(WELL, databases=(Database("intake", None, "intake_0008"),))),
    ("index-missing", "wrong", replace(WELL, databases=(Database("intake", "x", "x", ("ix_one",)),))),
    ("index-broken", "wrong", replace(WELL, databases=(Database("intake", "x", "x", (), ("ix_one",)),))),
    ("unlocked", "wrong", replace(WELL, unlocked=("sha256/aa",))),
    ("topic-copies", "wrong", replace(WELL, topics=(Copies("jejak.events.intake", 3, 1, 1, 1),))),
    ("topic-behind", "wrong", replace(WELL, topics=(Copies("jejak.events.intake", 3, 3, 2, 2),))),
    ("topic-lax", "wrong", replace(WELL, topics=(Copies("jejak.events.intake", 3, 3, 3, 1),))),
    ("replica-away", "wrong", replace(WELL, replicas=Replicas("*"))),
    ("replica-loose", "warning", replace(WELL, replicas=Replicas("", connected=1))),
    ("replica-behind", "warning", replace(WELL, replicas=Replicas("*", 1, 1, behind_s=31.0))),
    ("worker-idle", "warning", sharing(4, 0)),
    ("no-backup", "warning", replace(WELL, backup=None)),
    ("backup-old", "warning", replace(WELL, backup=NOW - 3 * DAY)),
    ("backup-old", "wrong", replace(WELL, backup=NOW - 3 * DAY, backup_wanted=True)),
)


def test_where_all_is_well_every_check_says_so() -> None:
    found = checks.judged(WELL)
    assert [(one.check, one.state) for one in found] == [(name, "fine") for name in checks.CHECKS]
    assert exit_code(found) == 0


@pytest.mark.parametrize(("key", "state", "facts"), ROWS)
def test_each_thing_that_can_be_wrong_is_found_alone(key: str, state: str, facts: Facts) -> None:
    found = [one for one in checks.judged(facts) if one.state not in {"fine", "unseen"}]
    assert [(one.key, one.state) for one in found] == [(key, state)]
    assert exit_code(found) == (1 if state == "wrong" else 0)
    assert re.search(r"\w", found[0].text)
    assert "{" not in found[0].text


@pytest.mark.parametrize(
    "facts",
    [
        replace(WELL, topics=None, replicas=Replicas()),
        replace(WELL, topics=(), replicas=Replicas("", connected=0)),
        sharing(2, 2),
        sharing(0),
    ],
)
def test_one_machine_alone_lacks_nothing(facts: Facts) -> None:
    assert exit_code(checks.judged(facts)) == 0
    assert not [one for one in checks.judged(facts) if one.state in {"wrong", "warning"}]


def test_every_sentence_of_the_doctor_belongs_to_a_row() -> None:
    told = {key.removeprefix("doctor-") for key in sentences() if key.startswith("doctor-")}
    assert told == {key for key, _, _ in ROWS} | {"well", "unseen"}
    assert {key.removeprefix("check-") for key in sentences() if key.startswith("check-")} == set(
        checks.CHECKS
    )


def test_every_sentence_that_names_a_fault_also_says_what_to_do() -> None:
    """A semicolon or a colon stands between both."""
    own = {"doctor-setting", "doctor-well", "doctor-unseen"}
    for key, entry in sentences().items():
        if key.startswith("doctor-") and key not in own:
            assert re.search(r"[;:]", entry["id"]), key
            assert re.search(r"[;:]", entry["en"]), key


def test_what_could_not_be_looked_at_is_never_called_fine() -> None:
    found = {one.check: one.state for one in checks.judged(Facts(now=NOW, folder=PLACE))}
    assert {name for name, state in found.items() if state == "unseen"} == {
        *("disk", "writing", "memory", "clock", "ports", "name", "certificate"),
        *("services", "stuck", "databases", "locks", "topics", "replicas", "workers"),
    }
    assert set(found.values()) <= set(MARKS)


def test_json_tells_the_same_as_the_terminal() -> None:
    one = Finding("disk", "wrong", "disk-full", {"place": PLACE, "free": 3, "needed": 700})
    assert one.as_json() == {
        "check": "disk",
        "state": "wrong",
        "key": "disk-full",
        "sentence": one.text,
        "facts": {"place": "/srv/jejak", "free": "3", "needed": "700"},
    }
