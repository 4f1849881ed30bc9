"""`jejak play`: a private instance, one whole cycle through the public API,
the exported log verified offline, everything stopped again. With `--at` an installation that runs
elsewhere is played on, and stays.
"""

import io
import json
import shutil
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from deploy.commands import terminal
from deploy.demo.caller import Caller, Positions, Unexpected
from deploy.demo.cycle import play_cycle
from deploy.demo.stage import ARSIPARIS
from deploy.local.instance import Instance
from deploy.local.supervision.supervisor import Say
from deploy.local.wanted import PartsChoice
from deploy.messages import CannotStart, sentence
from services.archive.proof import verifier
from services.archive.proof.verifier_export import EVENTS
from shared.sop.definition import CURRENT, sops

LOG_PATIENCE_S = 60.0
Rows = list[dict[str, Any]]


def play(
    *,
    parts: str,
    as_json: bool,
    keep: bool,
    into: Path | None,
    at: str = "",
    authority: Path | None = None,
) -> int:
    """Plays; answers 0 only if all steps were completed and everything verified. `at`: the address of a
    Jejak that runs already, for which `authority` vouches where nobody else does.
    """
    begun = time.monotonic()
    if authority is not None and not authority.is_file():
        raise CannotStart("no-such-file", name="--authority", file=authority)
    folder = Path(tempfile.mkdtemp(prefix="jejak-play-"))
    folder.chmod(0o711)
    say = (lambda _line: None) if as_json else terminal.line
    try:
        with _there(at) if at else _own(folder / "instance", parts, say) as (address, rows):
            cycle = play_cycle(
                address, lambda step, what: _step(step, what, as_json=as_json), authority=authority
            )
            export = whole_export(address, folder / "export", cycle, authority)
        found = summary(export, rows) | {"duration_s": round(time.monotonic() - begun, 2)}
        found["export"] = str(_kept(export, into)) if keep else None
    except (Unexpected, CannotStart) as error:
        terminal.errors.print(f"[bold red]jejak:[/bold red] {error}", soft_wrap=True)
        return 1  # the folder stays: the sentence names a log in it
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)
    _report(found, as_json=as_json)
    return 0 if found["complete"] else 1


@contextmanager
def _own(folder: Path, parts: str, say: Say) -> Iterator[tuple[str, Rows]]:
    """A private instance, as its address and its table."""
    with Instance(
        folder, parts=cast("PartsChoice", parts), say=say, stage=lambda key: say(f"{sentence(key)} …")
    ) as instance:
        yield instance.address, instance.table()


@contextmanager
def _there(address: str) -> Iterator[tuple[str, Rows]]:
    """An installation of somebody else, of whose parts we know nothing."""
    yield address, []


def fetch_export(address: str, authority: Path | None = None) -> bytes:
    """The export folder of a running instance as a zip file, as the Arsiparis takes it."""
    nur = Caller(address, ARSIPARIS, Positions(), authority=authority)
    try:
        return nur.fetch("/api/archive/export")
    finally:
        nur.close()


def whole_export(address: str, folder: Path, cycle: str, authority: Path | None = None) -> Path:
    """The export once the log holds the completion of the cycle's last step,
    which reaches the archive a moment after intake shows it.
    """
    until = time.monotonic() + LOG_PATIENCE_S
    last = sops()[CURRENT].last.key
    while True:
        shutil.rmtree(folder, ignore_errors=True)
        export = unpack(fetch_export(address, authority), folder)
        if _has_completed(export, cycle, last) or time.monotonic() > until:
            return export
        time.sleep(0.2)


def _has_completed(export: Path, cycle: str, step: str) -> bool:
    """Whether it is the last that was completed: after a correction it is once more, after others."""
    kind = (cycle, "step-completed")
    done = [one["data"]["step"] for one in shown(export) if (one["case_id"], one["type"]) == kind]
    return done[-1:] == [step]


def shown(export: Path) -> Iterator[dict[str, Any]]:
    """The events of an export; of a line that its reader may not see, only the hash is there."""
    for line in (export / EVENTS).read_bytes().splitlines():
        if line.startswith(b"{"):
            yield json.loads(line)


def unpack(packed: bytes, folder: Path) -> Path:
    """The export in a folder; answers the folder that holds `events.ndjson`."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(folder)
    return next(folder.rglob(EVENTS)).parent


def summary(export: Path, parts: list[dict[str, Any]]) -> dict[str, Any]:
    """What an export proves about the cycle: steps with their events, receipts, objects,
    the verdict of the offline verifier.
    """
    report = verifier.verify(export)
    events = list(shown(export))
    steps = [
        _completed(event)
        for event in events
        if (event["source"], event["type"]) == ("intake", "step-completed")
    ]
    steps.sort(key=lambda step: cast("int", step["number"]))
    receipts = [_receipt(event) for event in events if event["type"] == "receipt-recorded"]
    filed = [event["data"] for event in events if event["type"] == "item-filed"]
    return {
        "complete": report.verified
        and [step["step"] for step in steps] == [step.key for step in sops()[CURRENT].steps],
        "steps": steps,
        "events": len(events),
        "audit": {"verified": report.verified, "size": report.size, "root": report.root},
        "receipts": receipts,
        "objects": [
            {"item": item["item"], "digest": item["file"]["digest"], "mode": item["mode"]} for item in filed
        ],
        "parts": [{name: row[name] for name in ("name", "title", "version", "kind")} for row in parts],
    }


def _completed(event: Mapping[str, Any]) -> dict[str, Any]:
    data, cause = event["data"], event["data"]["cause"]
    ids = [f"{event['source']}:{event['stream']}@{event['version']}"]
    if cause:
        ids.append(f"{cause['source']}:{cause['stream']}@{cause['version']}")
    number = sops()[CURRENT].step(data["step"]).number
    return {
        "number": number,
        "step": data["step"],
        "completed_by": data["by"],
        "occurred_on": data["occurred_on"],
        "events": ids,
    }


def _receipt(event: Mapping[str, Any]) -> dict[str, Any]:
    data = event["data"]
    return {
        "recipient": data["recipient"],
        "received_by": data["received_by"],
        "received_on": data["received_on"],
        "digest": data["scan"]["digest"],
    }


def _kept(export: Path, into: Path | None) -> Path:
    target = into or Path(tempfile.mkdtemp(prefix="jejak-export-"))
    shutil.copytree(export, target, dirs_exist_ok=True)
    return target.resolve()


def _step(step: int, what: str, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"step": step, "name": what}, ensure_ascii=False), flush=True)  # noqa: T201 - for a program
    else:
        terminal.line(f"{step:>2}/13 {what}")


def _report(found: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(found, ensure_ascii=False), flush=True)  # noqa: T201 - for a program
        return
    audit = found["audit"]
    key = "play-verified" if audit["verified"] else "play-refuted"
    terminal.line(
        sentence(
            key,
            steps=len(found["steps"]),
            size=audit["size"],
            root=audit["root"][:16],
            seconds=found["duration_s"],
        )
    )
