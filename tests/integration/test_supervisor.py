"""The supervisor on small processes: what dies comes back and is said, what was killed on purpose stays down,
left-overs go.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from deploy.local.supervision import child as children
from deploy.local.supervision import supervisor as supervision
from deploy.local.supervision.child import Child, started_at, stop_left_overs
from deploy.local.supervision.part import Part
from deploy.local.supervision.supervisor import Supervisor
from deploy.messages import CannotStart

SLEEP = [sys.executable, "-c", "import time; print('here', flush=True); time.sleep(600)"]


def part(tmp_path: Path, argv: list[str] = SLEEP, *, patience: float = 20) -> Part:
    child = Child("sleeper", argv, tmp_path / "log", tmp_path / "run" / "sleeper.json", patience=5)
    return Part(
        "sleeper",
        "Sleeper",
        "1",
        "own",
        "guarantee-service",
        "-",
        lambda: "here" in (tmp_path / "log").read_text(),
        child,
        patience,
    )


def until(true: Callable[[], bool]) -> None:
    """Wait as long as it takes; the test run itself is what gives up."""
    while not true():
        time.sleep(0.02)


def test_what_dies_is_started_again_and_both_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "BACK_OFF", (0.05, 0.1))
    said: list[str] = []
    supervisor, sleeper = Supervisor(said.append), part(tmp_path)
    supervisor.start([sleeper])
    supervisor.watch()
    try:
        assert sleeper.child is not None
        first = sleeper.child.pid
        supervisor.crash("sleeper")
        until(lambda: len(said) == 2)
        assert sleeper.child.alive()
        assert sleeper.child.pid != first
        assert "-9" in said[0]
        assert sleeper.restarts == 1
    finally:
        supervisor.stop()
    assert not sleeper.child.alive()
    assert not (tmp_path / "run" / "sleeper.json").exists()


def test_the_pause_grows_to_ten_seconds_and_no_further() -> None:
    assert supervision.BACK_OFF == (1.0, 2.0, 5.0, 10.0)


def test_what_was_killed_on_purpose_stays_down_until_it_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "BACK_OFF", (0.0,))
    said: list[str] = []
    supervisor, sleeper = Supervisor(said.append), part(tmp_path)
    supervisor.start([sleeper])
    supervisor.watch()
    try:
        assert sleeper.child is not None
        supervisor.kill("sleeper")
        time.sleep(0.6)  # three looks of the watcher
        assert not sleeper.child.alive()
        supervisor.restart("sleeper")
        assert sleeper.child.alive()
        assert said == []
    finally:
        supervisor.stop()


def test_nothing_is_launched_any_more_once_all_is_to_stop(tmp_path: Path) -> None:
    supervisor, late = Supervisor(), part(tmp_path)
    supervisor.stop()
    supervisor.launch([late])
    assert late.child is not None
    assert not late.child.alive()
    assert supervisor.parts == {}


def test_a_part_that_ends_while_starting_is_told_with_its_last_words(tmp_path: Path) -> None:
    supervisor = Supervisor()
    broken = part(tmp_path, [sys.executable, "-c", "print('cannot bind'); raise SystemExit(3)"])
    with pytest.raises(CannotStart) as refused:
        supervisor.start([broken])
    supervisor.stop()
    assert refused.value.key == "died-early"
    assert (refused.value.facts["code"], refused.value.facts["last"]) == (3, "cannot bind")


def test_a_part_that_never_gets_ready_is_not_waited_for_without_end(tmp_path: Path) -> None:
    supervisor = Supervisor()
    with pytest.raises(CannotStart) as refused:
        supervisor.start(
            [part(tmp_path, [sys.executable, "-c", "import time; time.sleep(600)"], patience=0.2)]
        )
    supervisor.stop()
    assert refused.value.key == "not-ready"


def test_a_part_that_does_not_heed_the_signal_is_ended_hard(tmp_path: Path) -> None:
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); "
        "time.sleep(600)"
    )
    supervisor, stubborn = Supervisor(), part(tmp_path, [sys.executable, "-c", deaf])
    assert stubborn.child is not None
    stubborn.child.patience = 0.2
    supervisor.start([stubborn])
    supervisor.stop()
    assert stubborn.child.exit_code() == -signal.SIGKILL


@pytest.mark.skipif(
    sys.platform != "linux",
    reason="only Linux tells a child that its parent is gone; elsewhere the next start cleans up",
)
def test_children_go_with_a_killed_supervisor(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from deploy.local.supervision.child import Child;"
        "c = Child('s', [sys.executable, '-c', 'import time; time.sleep(600)'], Path(sys.argv[1]) / 'log', "
        "Path(sys.argv[1]) / 's.json');"
        "c.start(); print(c.pid, flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert psutil.pid_exists(pid)
    parent.kill()
    parent.wait()
    until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)


def test_left_overs_of_a_killed_supervisor_are_stopped_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "_libc", None)  # as on a system that does not tell children
    left = part(tmp_path).child
    assert left is not None
    left.start()
    assert left.process is not None
    assert stop_left_overs(tmp_path / "run") == ["sleeper"]
    left.process.wait()
    assert list((tmp_path / "run").iterdir()) == []


def test_a_pid_that_belongs_to_somebody_else_now_is_left_alone(tmp_path: Path) -> None:
    other = subprocess.Popen(SLEEP, stdout=subprocess.DEVNULL)
    try:
        begun = started_at(other.pid)
        assert begun is not None
        (tmp_path / "kafka.json").write_text(json.dumps({"pid": other.pid, "started": begun - 500}))
        (tmp_path / "broken.json").write_text("{")
        (tmp_path / "gone.json").write_text(json.dumps({"pid": 2**22 + 7, "started": 1.0}))
        assert stop_left_overs(tmp_path) == []
        assert other.poll() is None
        assert list(tmp_path.iterdir()) == []
    finally:
        other.kill()
        other.wait()


def test_an_unknown_process_has_no_start() -> None:
    assert started_at(2**22 + 7) is None
    assert started_at(os.getpid()) is not None


def test_a_log_that_grew_too_long_makes_room_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "LONGEST_LOG", 10)
    supervisor, sleeper = Supervisor(), part(tmp_path)
    (tmp_path / "log").write_text("words of long ago\n")
    supervisor.start([sleeper])
    supervisor.stop()
    assert (tmp_path / "log").read_text() == "here\n"
    assert (tmp_path / "log.log.1").read_text() == "words of long ago\n"
