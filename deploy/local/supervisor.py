"""Starts parts, waits until they are ready, starts again what dies (after 1, 2, 5, 10 s) and says so, stops all in reverse order."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence

from deploy.local.part import Part
from deploy.messages import CannotStart, sentence

BACK_OFF = (1.0, 2.0, 5.0, 10.0)
STEADY_AFTER = 60.0
Say = Callable[[str], None]


class Supervisor:
    """Holds the running parts of one installation; `say` gets a line for people whenever something dies or is back."""

    def __init__(self, say: Say = lambda _line: None) -> None:
        self.parts: dict[str, Part] = {}
        self._say = say
        self._lock = threading.RLock()
        self._ending = threading.Event()
        self._left_alone: set[str] = set()
        self._due: dict[str, float] = {}
        self._since: dict[str, float] = {}
        self._watcher: threading.Thread | None = None

    def start(self, parts: Iterable[Part]) -> None:
        """Start these side by side and come back when all are ready; raises CannotStart for the first that is not."""
        parts = list(parts)
        with self._lock:
            for part in parts:
                self.parts[part.name] = part
                self._left_alone.add(part.name)
                if part.child is not None:
                    part.child.start()
        for part in parts:
            self.wait_ready(part)
        with self._lock:
            for part in parts:
                self._left_alone.discard(part.name)
                self._since[part.name] = time.monotonic()

    def wait_ready(self, part: Part) -> None:
        """Come back when the part is ready; raises CannotStart when it ends or takes longer than its patience."""
        until = time.monotonic() + part.patience
        while not part.ready():
            log = part.child.log if part.child else "-"
            if part.child is not None and not part.child.alive():
                code, last = part.child.exit_code(), part.child.last_line()
                raise CannotStart("died-early", part=part.title, code=code, log=log, last=last)
            if time.monotonic() > until and part.child is None:
                raise CannotStart("existing-unreachable", part=part.title, variable=part.variable)
            if time.monotonic() > until:
                raise CannotStart("not-ready", part=part.title, seconds=round(part.patience), log=log)
            time.sleep(0.05)

    def watch(self) -> None:
        """From now on start again whatever dies."""
        self._watcher = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._watcher.start()

    def _watch(self) -> None:
        while not self._ending.wait(0.2):
            with self._lock:
                for part in list(self.parts.values()):
                    if part.child is not None and part.name not in self._left_alone and not part.child.alive():
                        self._try_again(part)

    def _try_again(self, part: Part) -> None:
        try:
            self._start_again(part)
        except (CannotStart, OSError) as failure:  # the next look tries again; the watcher itself never ends
            self._say(str(failure))

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
            part.child.start()
            self._since[part.name] = now
            self._say(sentence("back", part=part.title))
            if part.on_back is not None:
                self.wait_ready(part)
                part.on_back()

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

    def restart(self, name: str, *, wait: bool = True) -> None:
        """Start a part that is down (or stop it first) and wait until it is ready."""
        with self._lock:
            part = self.parts[name]
            assert part.child is not None, f"{name} is not ours to start"
            self._left_alone.add(name)
            part.child.stop()
            self._due.pop(name, None)
            part.child.start()
        if wait:
            self.wait_ready(part)
        with self._lock:
            self._left_alone.discard(name)
            self._since[name] = time.monotonic()

    def stop(self, order: Sequence[Sequence[str]] = ()) -> None:
        """Stop all: the named groups one after the other, side by side within a group, then the rest."""
        self._ending.set()
        if self._watcher is not None:
            self._watcher.join()
        with self._lock:
            named = {name for group in order for name in group}
            for group in [*order, [name for name in self.parts if name not in named]]:
                children = [self.parts[name].child for name in group if name in self.parts]
                for child in children:
                    if child is not None:
                        child.ask_to_stop()
                for child in children:
                    if child is not None:
                        child.wait_stopped()
