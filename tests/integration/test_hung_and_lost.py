"""What the supervisor does with a part that lives and yet is of no use:
halted, busy without end, or with its data gone.
"""

import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local import ports
from deploy.local.supervision import pulse
from deploy.local.supervision import supervisor as supervision
from deploy.local.supervision.aside import Aside
from deploy.local.supervision.child import Child
from deploy.local.supervision.part import Part
from deploy.local.supervision.supervisor import Supervisor
from tests.support.breaking import halt

ROOT = Path(__file__).resolve().parents[2]
# A server that answers after a pause, and works without an end once it is told to; it names itself so that
# nobody takes a later one for it.
SERVER = """
import socket, sys, time
port, pause = int(sys.argv[1]), float(sys.argv[2])
with socket.create_server(("127.0.0.1", port)) as server:
    time.sleep(pause)
    while True:
        there, _ = server.accept()
        asked = there.recv(100)
        there.sendall(b"here")
        there.close()
        while b"/busy" in asked:
            pass
"""


def until(true: Callable[[], bool]) -> None:
    """Wait as long as it takes; the test run itself is what gives up."""
    while not true():
        time.sleep(0.02)


def serving(tmp_path: Path, *, pause: float = 0, hung_after: float = 0.4) -> tuple[Part, int]:
    port = ports.free_ports(1)[0]
    child = Child(
        "server",
        [sys.executable, "-c", SERVER, str(port), str(pause)],
        tmp_path / "log",
        tmp_path / "run" / "server.json",
        patience=3,
    )
    answers = lambda: pulse.says_something(port, pulse.http("/"))  # noqa: E731
    ready = lambda: ports.answers(port)  # noqa: E731
    return Part(
        "server",
        "Server",
        "1",
        "own",
        "guarantee-service",
        "-",
        ready,
        child,
        answers=answers,
        hung_after=hung_after,
    ), port


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(said: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    monkeypatch.setattr(supervision, "BACK_OFF", (0.0,))
    monkeypatch.setattr(pulse, "ANSWER_S", 0.2)
    found = Supervisor(said.append)
    yield found
    found.stop()


def pid_of(part: Part) -> int:
    assert part.child is not None
    assert part.child.pid is not None
    return part.child.pid


def test_a_halted_part_is_found_and_started_again(
    tmp_path: Path, supervisor: Supervisor, said: list[str]
) -> None:
    part, port = serving(tmp_path)
    supervisor.start([part])
    supervisor.watch()
    first = pid_of(part)
    halt(first)
    assert ports.answers(port), "the kernel goes on accepting for it, which is why that proves nothing"
    until(lambda: pid_of(part) != first and pulse.says_something(port, b"x"))
    assert [line for line in said if "Server" in line]


def test_a_part_that_is_slow_to_start_is_left_in_peace(
    tmp_path: Path, supervisor: Supervisor, said: list[str]
) -> None:
    part, _ = serving(tmp_path, pause=2.0)
    supervisor.start([part])
    supervisor.watch()
    first = pid_of(part)
    until(lambda: "server" in supervisor._pulses and supervisor._pulses["server"].answered)
    assert (pid_of(part), said) == (first, [])


def test_a_busy_part_gets_more_patience_than_a_halted_one_and_not_without_end(
    tmp_path: Path, supervisor: Supervisor, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[float] = []
    monkeypatch.setattr(supervisor, "_say", lambda line: (said.append(line), found.append(time.monotonic())))
    part, port = serving(tmp_path)
    supervisor.start([part])
    supervisor.watch()
    first = pid_of(part)
    until(lambda: "server" in supervisor._pulses and supervisor._pulses["server"].answered)
    began = time.monotonic()
    pulse.says_something(port, pulse.http("/busy"))
    until(lambda: pid_of(part) != first)
    assert found[0] - began > part.hung_after * 3


def test_a_part_whose_data_has_gone_is_prepared_anew(
    tmp_path: Path, supervisor: Supervisor, said: list[str]
) -> None:
    part, _ = serving(tmp_path)
    data, back = tmp_path / "data", threading.Event()
    data.mkdir()
    part.intact, part.make_ready, part.on_back = data.exists, data.mkdir, back.set
    supervisor.start([part])
    supervisor.watch()
    first = pid_of(part)
    shutil.rmtree(data)
    back.wait()
    assert data.exists()
    assert pid_of(part) != first
    assert any("Server" in line for line in said)


def test_a_failing_call_after_coming_back_is_made_again(
    tmp_path: Path, supervisor: Supervisor, said: list[str]
) -> None:
    part, _ = serving(tmp_path)
    called = []

    def call() -> None:
        called.append(1)
        if len(called) < 3:
            raise ConnectionError("not yet")

    part.on_back = call
    supervisor.start([part])
    supervisor.watch()
    supervisor.crash("server")
    until(lambda: len(called) == 3 and not supervisor._coming_back)
    assert sum("not yet" in line for line in said) == 2


def stops_while(supervisor: Supervisor, part: Part) -> None:
    """Stops from a thread of its own, which must come to its end."""
    stopping = threading.Thread(target=supervisor.stop, daemon=True)
    stopping.start()
    stopping.join()
    assert part.child is not None
    assert not part.child.alive()


def test_stopping_does_not_wait_for_a_part_that_is_coming_back(
    tmp_path: Path, supervisor: Supervisor
) -> None:
    part, _ = serving(tmp_path)
    supervisor.start([part])
    supervisor.watch()
    part.ready, part.patience = (lambda: False), 10_000
    first = pid_of(part)
    supervisor.crash("server")
    until(lambda: pid_of(part) != first)
    stops_while(supervisor, part)


def test_stopping_does_not_wait_for_what_is_done_after_a_part_came_back(
    tmp_path: Path, supervisor: Supervisor
) -> None:
    part, _ = serving(tmp_path)
    inside = threading.Event()

    def for_ever() -> None:
        inside.set()
        threading.Event().wait()

    part.on_back = for_ever
    supervisor.start([part])
    supervisor.watch()
    supervisor.crash("server")
    inside.wait()
    stops_while(supervisor, part)


def test_stopping_does_not_wait_for_a_start_that_waits(tmp_path: Path) -> None:
    supervisor = Supervisor()
    part, _ = serving(tmp_path)
    part.ready, part.patience = (lambda: False), 10_000
    starting = threading.Thread(target=supervisor.start, args=([part],), daemon=True)
    starting.start()
    until(lambda: part.child is not None and part.child.alive())
    stops_while(supervisor, part)
    starting.join()


def test_deaf_parts_are_waited_for_together_and_not_one_after_the_other(tmp_path: Path) -> None:
    """The patience of each counts from when it was asked,
    so that the second has had its time when the first is given up.
    """
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); "
        "time.sleep(3600)"
    )
    children = [
        Child(str(n), [sys.executable, "-c", deaf], tmp_path / f"{n}.log", tmp_path / f"{n}.json", patience=1)
        for n in range(2)
    ]
    for child in children:
        child.start()
    until(lambda: all("here" in child.log.read_text() for child in children))
    for child in children:
        child.ask_to_stop()
    time.sleep(1)
    waited: list[float | None] = []
    for child in children:
        assert child.process is not None
        usual = child.process.wait
        child.process.wait = lambda timeout=None, usual=usual: (waited.append(timeout), usual(timeout))[1]  # type: ignore[method-assign]
        child.wait_stopped()
    assert [timeout for timeout in waited if timeout is not None] == [0.0, 0.0]
    assert [child.exit_code() for child in children] == [-signal.SIGKILL] * 2


def test_a_halted_part_hears_that_it_is_to_stop(tmp_path: Path, supervisor: Supervisor) -> None:
    part, _ = serving(tmp_path)
    supervisor.start([part])
    halt(pid_of(part))
    supervisor.stop()
    assert part.child is not None
    assert part.child.exit_code() == -signal.SIGTERM


def test_whoever_cannot_wait_ends_everything_at_once(tmp_path: Path) -> None:
    supervisor = Supervisor()
    part, _ = serving(tmp_path)
    supervisor.start([part])
    supervisor.watch()
    supervisor.hurry()
    supervisor.stop()
    assert part.child is not None
    assert part.child.exit_code() == -signal.SIGKILL


WAITING = """
import signal, time
from deploy.local.supervision.aside import Aside
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background has it ignored
Aside(lambda: (print("here", flush=True), time.sleep(3600))).result()
"""


def test_a_download_that_hangs_does_not_outlive_an_order_to_stop() -> None:
    """Neither the wait for it nor the end of the program lasts longer than the order."""
    process = subprocess.Popen(
        [sys.executable, "-c", WAITING], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert "KeyboardInterrupt" in said


def test_what_fails_aside_fails_where_it_is_waited_for() -> None:
    with pytest.raises(ZeroDivisionError):
        Aside(lambda: 1 / 0).result()
    assert Aside(lambda: 7).result() == 7
