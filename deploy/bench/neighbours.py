"""Who else was at work: how many cores other programs took while something was measured.
A figure from a busy machine must say so.
"""

import time

import psutil


class Neighbours:
    """Counts from its making on."""

    def __init__(self) -> None:
        self._begun, self._all, self._own = time.monotonic(), _all(), _own()

    def cores(self) -> float:
        """Cores that were busy with programs that are neither this process nor its children."""
        others = (_all() - self._all) - (_own() - self._own)
        return max(0.0, others / (time.monotonic() - self._begun))


def _all() -> float:
    """Seconds that all cores together have worked since the machine started."""
    used = psutil.cpu_times()
    return float(
        sum(used)
        - used.idle
        - getattr(used, "iowait", 0.0)
        - getattr(used, "guest", 0.0)
        - getattr(used, "guest_nice", 0.0)
    )


def _own() -> float:
    """Seconds of this process, of its children and of theirs, also of those that have ended."""
    total = 0.0
    for process in [psutil.Process(), *psutil.Process().children(recursive=True)]:
        try:
            used = process.cpu_times()
        except psutil.Error:
            continue
        total += used.user + used.system + used.children_user + used.children_system
    return total
