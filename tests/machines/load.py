"""Work that goes on whatever dies: people who give commands one after the other, try again where no answer
comes, and write down what was acknowledged.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from deploy.demo.caller import Caller, Positions

BODY = {"short_name": "Beban", "occurred_on": "2026-01-05"}
PATIENCE_S = 240.0
PAUSE_S = 0.1


@dataclass(slots=True)
class Worker:
    """One person with an agency of her own. `acknowledged`: by version, the name that it has since."""

    caller: Caller
    agency: str
    acknowledged: dict[int, str] = field(default_factory=dict)
    longest_s: float = 0.0

    def once(self) -> int:
        """Gives one command; answers the version that it was acknowledged with."""
        name = f"{self.agency} {len(self.acknowledged) + 1}"
        begun = time.monotonic()
        answer = self.caller.give(f"/api/intake/agencies/{self.agency}", {**BODY, "name": name}, method="PUT")
        self.longest_s = max(self.longest_s, time.monotonic() - begun)
        version = int(answer["version"])
        assert version not in self.acknowledged, "one version was acknowledged twice"
        self.acknowledged[version] = name
        return version


def worker(address: str, agency: str) -> Worker:
    return Worker(Caller(address, "hesti", Positions(), patience=PATIENCE_S), agency)


@contextmanager
def working(address: str, many: int) -> Iterator[list[Worker]]:
    """So many at work while the block runs; each ends with an answered command."""
    workers = [worker(address, f"beban{number}") for number in range(1, many + 1)]
    stop, failed = threading.Event(), list[BaseException]()

    def work(one: Worker) -> None:
        try:
            while not stop.wait(PAUSE_S):
                one.once()
        except BaseException as error:  # noqa: BLE001  raised where it is waited for
            failed.append(error)

    threads = [threading.Thread(target=work, args=(one,)) for one in workers]
    for thread in threads:
        thread.start()
    try:
        yield workers
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        for one in workers:
            one.caller.close()
    if failed:
        raise failed[0]


def eventually(seen: Callable[[], bool], what: str, within_s: float = 120.0) -> float:
    """Comes back when it is seen; answers how long that took."""
    begun = time.monotonic()
    while not seen():
        assert time.monotonic() - begun < within_s, what
        time.sleep(0.05)
    return time.monotonic() - begun
