"""A terminal with a running `jejak up` and everything that it has said so far."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from deploy.local import places

JEJAK = [sys.executable, "-m", "deploy.cli"]
ENGLISH = {"JEJAK_LANGUAGE": "en", "PYTHONUNBUFFERED": "1"}


def jejak(*words: str | Path, before: Sequence[str] = (), **told: str) -> "subprocess.CompletedProcess[str]":
    """One command, to its end; nobody is there to be asked. `before`: a program that runs it."""
    return subprocess.run(
        [*before, *JEJAK, *map(str, words)],
        cwd=places.PROJECT,
        env={**os.environ, **ENGLISH, **told},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


class Terminal:
    """Reads on in the background, so that what is written never waits for who reads."""

    def __init__(self, *words: str | Path, before: Sequence[str] = (), **told: str) -> None:
        self.process = subprocess.Popen(
            [*before, *JEJAK, "up", *map(str, words)],
            cwd=places.PROJECT,
            env={**os.environ, **ENGLISH, **told},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(iter(self.process.stdout.readline, ""))

    @property
    def said(self) -> str:
        return "".join(self.lines)

    def until(self, words: str, after: int = 0) -> int:
        """Waits for these words beyond a number of lines; answers how many lines there are then.
        Fails with everything that was said when the process ends before.
        """
        while True:
            ended = self.process.poll() is not None
            for number, line in enumerate(self.lines[after:], after + 1):
                if words in line:
                    return number
            if ended:
                pytest.fail(f"it ended without {words!r}:\n{self.said}")
            time.sleep(0.05)

    def stop(self) -> int:
        """As systemd does it; answers the exit code."""
        self.process.terminate()
        return self.process.wait()

    def end(self) -> None:
        """Nothing is left behind, however the test ended."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(90)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
