"""Starts parts, waits until they are ready, starts again what dies (after 1, 2, 5, 10 s),
hangs or lost its data, and stops all in reverse order.

Whatever waits does so without the lock, so that an order to stop is obeyed at any moment.
"""

import math
import threading
import time
from collections.abc import Callable, Iterable, Sequence

from deploy.local.supervision.part import Part
from deploy.local.supervision.pulse import Pulse
from deploy.messages import CannotStart, sentence

BACK_OFF = (1.0, 2.0, 5.0, 10.0)
STEADY_AFTER = 60.0
Say = Callable[[str], None]


class Supervisor:
    """Holds the running parts of one installation; `say` gets a line for
    people whenever something dies or is back.
    """

    def __init__(self, say: Say = lambda _line: None) -> None:
        self.parts: dict[str, Part] = {}
        self._say = say
        self._lock = threading.RLock()
        self._ending = threading.Event()
        self._left_alone: set[str] = set()
        self._coming_back: dict[str, float] = {}
        self._due: dict[str, float] = {}
        self._since: dict[str, float] = {}
        self._pulses: dict[str, Pulse] = {}
        self._was_ready: set[int | None] = set()

    def start(self, parts: Iterable[Part]) -> None:
        """Start these side by side and come back when all are ready;
        raises CannotStart for the first that is not.
        """
        parts = list(parts)
        self.launch(parts)
        self.until_ready(part.name for part in parts)

    def launch(self, parts: Iterable[Part]) -> None:
        """Start these and come back at once; nothing is started any more once all is to stop."""
        with self._lock:
            if self._ending.is_set():
                return
            for part in parts:
                self.parts[part.name] = part
                self._left_alone.add(part.name)
                if part.child is not None:
                    part.child.start()

    def until_ready(self, names: Iterable[str]) -> None:
        """Come back when all of these, which were launched, are ready;
        raises CannotStart for the first that is not.
        """
        parts = [self.parts[name] for name in names if name in self.parts]
        for part in parts:
            self.wait_ready(part)
        with self._lock:
            for part in parts:
                self._left_alone.discard(part.name)
                self._since[part.name] = time.monotonic()

    def wait_ready(self, part: Part) -> None:
        """Come back when the part is ready, or when all is to stop;
        raises CannotStart when it ends or takes longer than its patience.
        """
        until = time.monotonic() + part.patience
        while not self._ending.is_set() and not part.ready():
            log = part.child.log if part.child else "-"
            if part.child is not None and not part.child.alive():
                code, last = part.child.exit_code(), part.child.last_line()
                raise CannotStart("died-early", part=part.title, code=code, log=log, last=last)
            if time.monotonic() > until and part.child is None:
                raise CannotStart("existing-unreachable", part=part.title, variable=part.variable)
            if time.monotonic() > until:
                raise CannotStart("not-ready", part=part.title, seconds=round(part.patience), log=log)
            time.sleep(0.05)
        self._was_ready.add(part.child.pid if part.child else None)

    def wait_ending(self, seconds: float) -> bool:
        """Whether all is to stop, at once or within that time."""
        return self._ending.wait(seconds)

    def watch(self) -> None:
        """From now on start again whatever dies, hangs or lost its data."""
        threading.Thread(target=self._watch, name="supervisor", daemon=True).start()
        threading.Thread(target=self._feel, name="pulses", daemon=True).start()

    def _watch(self) -> None:
        while not self._ending.wait(0.2):
            for part in list(self.parts.values()):
                try:
                    self._look_after(part)
                except Exception as failure:  # noqa: BLE001  the next look tries again; the watcher itself never ends
                    self._say(f"{part.title}: {failure}")

    def _look_after(self, part: Part) -> None:
        with self._lock:
            if part.child is None or part.name in self._left_alone or self._ending.is_set():
                return
            if not part.child.alive():
                self._start_again(part)
                return
        if not part.intact():
            self._say(sentence("lost-data", part=part.title))
            part.child.kill_all()
        elif time.monotonic() > self._coming_back.get(part.name, math.inf) and part.ready():
            self._coming_back[part.name] = time.monotonic() + BACK_OFF[-1]  # when to try again should it fail
            part.on_back()
            del self._coming_back[part.name]

    def _start_again(self, part: Part) -> None:
        assert part.child is not None
        now = time.monotonic()
        if part.name not in self._due:
            if now - self._since.get(part.name, now) > STEADY_AFTER:
                part.restarts = 0
            pause = BACK_OFF[min(part.restarts, len(BACK_OFF) - 1)]
            self._due[part.name] = now + pause
            self._say(sentence("died", part=part.title, code=part.child.exit_code(), seconds=f"{pause:g}"))
        elif now >= self._due[part.name]:
            del self._due[part.name]
            part.restarts += 1
            part.make_ready()
            part.child.start()
            self._since[part.name] = now
            self._coming_back[part.name] = now
            self._say(sentence("back", part=part.title))

    def _feel(self) -> None:
        """Ask every part again and again whether it still answers anything at all;
        end the one that does not.
        """
        while not self._ending.wait(self._pause()):
            for part in list(self.parts.values()):
                with self._lock:
                    pid = (
                        part.child.pid
                        if part.child is not None and part.child.alive() and part.name not in self._left_alone
                        else None
                    )
                if pid is None or part.answers is None:
                    self._pulses.pop(part.name, None)
                    continue
                pulse = self._pulses.get(part.name)
                if pulse is None or pulse.pid != pid:
                    pulse = self._pulses[part.name] = Pulse(
                        pid, part.answers, part.hung_after, part.patience, answered=pid in self._was_ready
                    )
                silence = pulse.feel()
                if silence and not self._ending.is_set() and part.child is not None and part.child.pid == pid:
                    self._say(sentence("hung", part=part.title, seconds=round(silence)))
                    part.child.kill_all()

    def _pause(self) -> float:
        return min((part.hung_after for part in self.parts.values()), default=10.0) / 8

    def kill(self, name: str) -> None:
        """SIGKILL, and leave it dead until `restart`."""
        with self._lock:
            self._left_alone.add(name)
            child = self.parts[name].child
            assert child is not None, f"{name} is not ours to kill"
            child.kill()

    def crash(self, name: str) -> None:
        """SIGKILL as an accident would; the supervisor finds it dead and starts it again."""
        child = self.parts[name].child
        assert child is not None, f"{name} is not ours to kill"
        child.kill()

    def stop_part(self, name: str) -> None:
        """End one part cleanly and leave it down until `restart`."""
        with self._lock:
            self._left_alone.add(name)
            child = self.parts[name].child
        assert child is not None, f"{name} is not ours to stop"
        child.stop()

    def restart(self, *names: str, wait: bool = True) -> None:
        """Start parts that are down, or stop them first, all side by side;
        with `wait` come back when they are ready.
        """
        parts = [self.parts[name] for name in names]
        children = [part.child for part in parts if part.child is not None]
        assert len(children) == len(parts), f"{names} are not all ours to start"
        with self._lock:
            self._left_alone.update(names)
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.wait_stopped()
        with self._lock:
            if self._ending.is_set():
                return
            for part, child in zip(parts, children, strict=True):
                self._due.pop(part.name, None)
                part.make_ready()
                child.start()
        for part in parts if wait else ():
            self.wait_ready(part)
        with self._lock:
            self._left_alone.difference_update(names)
            self._since.update(dict.fromkeys(names, time.monotonic()))

    def stop(self, order: Sequence[Sequence[str]] = ()) -> None:
        """Stop all: the named groups one after the other, side by side within a group, then the rest."""
        self._ending.set()
        with self._lock:  # nothing is started any more once we have held it
            named = {name for group in order for name in group}
            groups = [*order, [name for name in self.parts if name not in named]]
        for group in groups:
            children = [
                part.child
                for name in group
                if (part := self.parts.get(name)) is not None and part.child is not None
            ]
            for child in children:
                child.ask_to_stop()
            for child in children:
                child.wait_stopped()

    def hurry(self) -> None:
        """End everything hard, for whoever cannot wait for `stop`;
        what PostgreSQL has acknowledged is on disk.
        """
        self._ending.set()
        for part in list(self.parts.values()):
            if part.child is not None:
                part.child.kill_all()
