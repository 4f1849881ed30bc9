"""Whether a process still answers anything at all.

Not being able to work is another matter, which parts say themselves:
a database that recovers, or a service whose broker is away, has a pulse.
"""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil

from deploy.local.ports import LOOPBACK

ANSWER_S = 2.0
# who works more than this share of a core while silent is busy, and gets so many times the patience
BUSY_SHARE, BUSY_TIMES = 0.05, 6
# "do you speak TLS?", answered before anybody signs in, also while recovering
POSTGRES = bytes.fromhex("0000000804d2162f")
KAFKA = bytes.fromhex("0000000a0012000000000001ffff")  # ApiVersions, the one question that needs no user


def http(path: str) -> bytes:
    """A question to a web server; any answer at all will do."""
    return f"GET {path} HTTP/1.1\r\nHost: {LOOPBACK}\r\nConnection: close\r\n\r\n".encode()


def says_something(port: int, question: bytes, host: str = LOOPBACK) -> bool:
    """Whether a process answers with a byte or more.
    That the kernel accepts a connection for it proves nothing.
    """
    try:
        with socket.create_connection((host, port), timeout=ANSWER_S) as there:
            there.sendall(question)
            return bool(there.recv(1))
    except OSError:
        return False


@dataclass(slots=True)
class Pulse:
    """One process from its first question on. Before its first answer it is starting,
    and has the part's whole patience for that.
    """

    pid: int
    answers: Callable[[], bool]
    hung_after: float
    patience: float
    answered: bool = False
    _since: float = field(default_factory=time.monotonic, init=False)
    _worked: float = field(default=0.0, init=False)
    _missed: int = field(default=0, init=False)

    def feel(self) -> float:
        """Ask once. 0.0 while all is well; the seconds of silence when the process counts as hung."""
        if self.answers():
            self.answered, self._missed, self._since, self._worked = (
                True,
                0,
                time.monotonic(),
                seconds_worked(self.pid),
            )
            return 0.0
        self._missed += 1
        silence = time.monotonic() - self._since
        busy = seconds_worked(self.pid) - self._worked > BUSY_SHARE * silence
        most = self.hung_after * (BUSY_TIMES if busy else 1) if self.answered else self.patience
        return silence if silence > most and self._missed > 2 else 0.0


def seconds_worked(pid: int) -> float:
    """Processor time of a process and its children; 0.0 when it is gone."""
    try:
        process = psutil.Process(pid)
        return float(sum(sum(each.cpu_times()[:2]) for each in [process, *process.children(recursive=True)]))
    except psutil.Error:
        return 0.0
