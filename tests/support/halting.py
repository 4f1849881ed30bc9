"""Halt a process as no crash would show it: its port stays open and nobody reads."""

import contextlib
import os
import signal
import time
from pathlib import Path


def halt(pid: int) -> None:
    """Stop every thread of process `pid`. The signal is only asked for:
    a thread on another core may go on for a moment, and answer.
    """
    os.kill(pid, signal.SIGSTOP)
    with contextlib.suppress(FileNotFoundError):  # whoever watches it may have ended it by now
        while any(state(thread) not in "TZX" for thread in Path(f"/proc/{pid}/task").iterdir()):
            time.sleep(0.005)


def state(thread: Path) -> str:
    """The letter of its state (proc(5)); X where it has just ended."""
    try:
        return (thread / "stat").read_text().rpartition(") ")[2][0]
    except (FileNotFoundError, ProcessLookupError):
        return "X"
