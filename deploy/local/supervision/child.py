"""One supervised child process: started by a thread that outlives it, remembered in a pid file,
stopped with patience.
"""

import contextlib
import ctypes
import json
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from deploy.local.places import remove

LONGEST_LOG = 10 * 2**20  # the one before it is kept, older lines go
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
# The kernel sends the parent-death signal when the *thread* ends that started the child, so one thread starts
# them all and stays.
_starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="starter")


@dataclass(frozen=True, slots=True)
class OsUser:
    """The user of the machine that a child runs as when we are root and it refuses root."""

    name: str
    uid: int
    gid: int

    @classmethod
    def nobody(cls) -> "OsUser":
        entry = pwd.getpwnam("nobody")
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)


@dataclass(slots=True)
class Child:
    """What to run and how to end it. `stop_signal` is also what the kernel
    sends when the supervisor itself is killed.
    """

    name: str
    argv: Sequence[str]
    log: Path
    pid_file: Path
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    user: OsUser | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 20.0
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    _asked: float = field(
        default=0.0, init=False
    )  # when it was asked to stop: patience is counted from there, also for many one after the other

    def start(self) -> None:
        """Start it with its output in its log; remember pid and start time."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LONGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        self.pid_file.parent.mkdir(parents=True, exist_ok=True)
        self.process = _starter.submit(self._spawn).result()
        self.pid_file.write_text(
            json.dumps(
                {"pid": self.process.pid, "started": started_at(self.process.pid), "signal": self.stop_signal}
            )
        )

    def _spawn(self) -> "subprocess.Popen[bytes]":
        death_signal = int(self.stop_signal)

        def follow_supervisor() -> None:
            if _libc is not None:
                _libc.prctl(_PR_SET_PDEATHSIG, death_signal)

        with self.log.open("ab") as log:
            return subprocess.Popen(
                list(self.argv),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=None if self.env is None else dict(self.env),
                cwd=self.cwd,
                # a Ctrl-C in the terminal is for the supervisor alone, which stops the parts in order
                start_new_session=True,
                preexec_fn=follow_supervisor,  # noqa: PLW1509  one system call, nothing of Python's is touched
                user=None if self.user is None else self.user.uid,
                group=None if self.user is None else self.user.gid,
                extra_groups=None if self.user is None else [],
            )

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def exit_code(self) -> int | None:
        return None if self.process is None else self.process.poll()

    def stop(self) -> None:
        """Ask it to end, wait, and end it hard when patience runs out."""
        if self.process is not None:
            self.ask_to_stop()
            self.wait_stopped()

    def ask_to_stop(self) -> None:
        self._asked = time.monotonic()
        if self.process is not None and self.alive():
            self.process.send_signal(self.stop_signal)
            self.process.send_signal(signal.SIGCONT)  # one that was halted hears of it too

    def wait_stopped(self) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, self._asked + self.patience - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        remove(self.pid_file)

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL)."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def kill_all(self) -> None:
        """End it and every process that it started, hard; somebody else's watch finds it dead."""
        if self.process is None or not self.alive():
            return
        try:
            family = [
                *psutil.Process(self.process.pid).children(recursive=True),
                psutil.Process(self.process.pid),
            ]
        except psutil.Error:
            return
        for process in reversed(family):
            with contextlib.suppress(psutil.Error):
                process.kill()

    def last_line(self) -> str:
        """The last line of its log that says something, for a failure message."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return next((line.strip() for line in reversed(lines) if line.strip()), "-")[:300]


def started_at(pid: int) -> float | None:
    """When that process began; with the pid it names one process for ever. None when it is gone."""
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return None


def stop_left_overs(pid_folder: Path, patience: float = 8.0) -> list[str]:
    """End what an earlier supervisor left running and remove the pid files;
    answers with the names of what still ran.
    """
    still: dict[str, psutil.Process] = {}
    for file in sorted(pid_folder.glob("*.json")):
        process = _still_running(file)
        if process is not None:
            still[file.stem] = process
        remove(file)
    psutil.wait_procs(still.values(), timeout=patience)
    for process in still.values():
        if process.is_running():
            process.kill()
    psutil.wait_procs(still.values(), timeout=patience)
    return sorted(still)


def _still_running(file: Path) -> psutil.Process | None:
    """The process of a pid file, already asked to stop;
    None when it is gone or the pid belongs to somebody else now.
    """
    try:
        record = json.loads(file.read_text())
        process = psutil.Process(record["pid"])
        if abs(process.create_time() - record["started"]) > 1:
            return None
        os.kill(record["pid"], record.get("signal", signal.SIGTERM))
    except (ValueError, KeyError, TypeError, psutil.Error, OSError):
        return None
    return process
