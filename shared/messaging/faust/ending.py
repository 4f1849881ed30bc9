"""How a worker's process ends when it will not end by itself:
after some seconds, with code 75, and whoever supervises starts it again.

Role: a worker does not stop while the broker is away or a handler retries.
Used by `worker` and by `shared/transport.py`.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final, NoReturn

PATIENCE_S: Final = 15.0
EXIT_RESTART_ME: Final = 75


def exit_hard(reason: str) -> NoReturn:
    """Ends the process at once. Safe at any moment: the cursor knows what was taken in."""
    with suppress(OSError, ValueError):  # its log may lie on a disk that is full or read-only
        sys.stderr.write(f"jejak: ending with {EXIT_RESTART_ME}: {reason}\n")
        sys.stderr.flush()
    os._exit(EXIT_RESTART_ME)


@contextmanager
def ending_after_sigterm(seconds: float = PATIENCE_S) -> Iterator[None]:
    """While the block runs, a SIGTERM ends the process in any case after some seconds.

    A worker does not stop while the broker is away or a handler retries. The timer is a thread, so that a
    blocked event loop cannot hold it up. The handler that was there (uvicorn's) is called as before. Does
    nothing outside of the main thread, which gets no signals.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)

    def on_sigterm(number: int, frame: FrameType | None) -> None:
        timer = threading.Timer(seconds, exit_hard, args=("stopping took too long",))
        timer.daemon = True
        timer.start()
        if callable(before):
            before(number, frame)
        else:
            raise SystemExit(0)

    signal.signal(signal.SIGTERM, on_sigterm)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
