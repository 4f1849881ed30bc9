"""`jejak backup` and `jejak restore`: what they say, and their exit codes."""

import time
from pathlib import Path

from deploy.commands import terminal
from deploy.local.wanted import Existing
from deploy.messages import sentence
from deploy.saving import keys
from deploy.saving.backup import backup as save
from deploy.saving.keys import Told
from deploy.saving.place import Place
from deploy.saving.proof import prove
from deploy.saving.restore import Opened, look
from deploy.saving.restore import restore as bring_back

MIB = 1024 * 1024


def backup(folder: Path, to: Path) -> int:
    """Makes a backup in the place `to`; 0 where all was saved, 3 where files were damaged in the store."""
    done = save(folder, Place(to), Told.from_environment())
    terminal.line(
        sentence(
            "backup-done",
            done=done,
            size=_mib(done.bytes),
            copied=_mib(done.copied),
            seconds=f"{done.seconds:.1f}",
            rate=_mib(done.rate),
        )
    )
    for key in done.damaged:
        terminal.line(sentence("backup-damaged", place=key))
    return 3 if done.damaged else 0


def check(folder: Path, given: Path, vkey: str) -> int:
    """Proves a backup by restoring it into a private instance; 0 where all is proven, 1 where something is
    wrong.
    """
    begun = time.monotonic()
    opened = _opened(folder, given, vkey)
    wrong = prove(opened)
    for fault in wrong:
        terminal.line(f"[red]{fault}[/red]")
    key = "backup-not-proven" if wrong else "backup-proven"
    _report(key, opened, begun)
    return 1 if wrong else 0


def restore(folder: Path, given: Path, vkey: str) -> int:
    """Makes the installation in `folder` from a backup."""
    begun = time.monotonic()
    stages = terminal.Stages()
    stages.stage("restore-looking")
    opened = _opened(folder, given, vkey)
    bring_back(opened, folder, Existing.from_environment(), stages.stage)
    _report("restore-done", opened, begun)
    terminal.line(sentence("restore-tell", size=opened.manifest.log_size, at=opened.manifest.made_at))
    return 0


def _opened(folder: Path, given: Path, vkey: str) -> Opened:
    """An installation that is there knows its own key; from anywhere else the key comes from paper."""
    return look(given, Told.from_environment(), vkey or keys.verifier_key(folder))


def _report(key: str, opened: Opened, begun: float) -> None:
    seconds = time.monotonic() - begun
    size = opened.manifest.object_bytes + sum(file.size for file in opened.manifest.files.values())
    terminal.line(
        sentence(
            key,
            opened=opened,
            at=opened.manifest.made_at,
            log=opened.manifest.log_size,
            size=_mib(size),
            seconds=f"{seconds:.1f}",
            rate=_mib(size / max(seconds, 0.001)),
        )
    )


def _mib(many: float) -> str:
    return f"{many / MIB:.1f}"
