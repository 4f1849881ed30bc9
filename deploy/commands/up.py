"""`jejak up`: everything on this machine in one command; stays until Ctrl-C."""

import json
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from deploy.commands import terminal
from deploy.commands.entering import say_way_in
from deploy.installing import production
from deploy.installing.settings_file import in_production
from deploy.local import places
from deploy.local.broker import kafka
from deploy.local.erase import erase
from deploy.local.instance import Instance
from deploy.local.wanted import Existing, PartsChoice
from deploy.messages import CannotStart, sentence
from deploy.saving.schedule import Schedule, keep

PLAYED = "demo-played"


def up(
    folder: Path,
    *,
    parts: PartsChoice,
    fresh: bool,
    demo: bool,
    port: int | None,
    without: Sequence[str] = (),
    webs: Mapping[str, int] = MappingProxyType({}),
) -> None:
    """Start, show the table, play the demo cycle once, and keep everything running until told to stop.

    Services in `without` are left to whoever starts them by hand; no cycle is played then.
    """
    ending = _signals()
    stages = terminal.Stages()
    begun = time.monotonic()
    try:
        if in_production():
            parts, demo = production.parts_of(parts), False
            production.look(fresh=fresh)
        schedule = Schedule.told()
        if fresh:
            erase(folder)
        instance = Instance(
            folder,
            parts=parts,
            ports="usual",
            port=port,
            without=without,
            webs=webs,
            existing=Existing.from_environment(),
            say=terminal.line,
            stage=stages.stage,
            fetching=stages.fetching,
        )
        instance.start()
    except CannotStart as reason:
        terminal.give_up(reason)
    except KeyboardInterrupt:
        return
    if schedule is not None:
        keep(schedule, instance.folder, terminal.line, ending)
    try:
        terminal.console.print(terminal.parts_table(instance.table()))
        for name in without:
            terminal.line(sentence("left-to-you", service=name, folder=instance.folder))
        if demo and not without:
            play_once(instance)
        ready = sentence("ready", seconds=round(time.monotonic() - begun), address=instance.address)
        terminal.line(f"[bold green]{ready}[/bold green]")
        say_way_in(instance.folder)
        if not instance.embedded and instance.supervisor.parts["kafka"].child is not None:
            # once per machine and after everything runs: the next start is a second shorter
            kafka.make_archive(places.cache_folder())
        ending.wait()
    except KeyboardInterrupt:
        pass
    finally:
        terminal.line(sentence("stopping"))
        _stop_at_once_when_told_again(instance)
        instance.stop()
        terminal.line(sentence("stopped", folder=instance.folder))


def play_once(instance: Instance) -> None:
    """Play the demonstration into a new installation: the cycle of one kabupaten, and a second one into the
    middle of its own. One that has played it, or was begun without it, is left as it is.
    """
    mark = instance.folder / PLAYED
    if mark.exists():
        return
    from deploy.demo.caller import Unexpected
    from deploy.demo.cycle import play_cycle
    from deploy.demo.running import play_running

    def step_done(step: int, what: str) -> None:
        terminal.line(f"  {step:>2}/13 {what}")

    try:
        terminal.line(f"{sentence('doing-demo')} …")
        play_cycle(instance.address, step_done, authority=instance.authority)
        terminal.line(f"{sentence('doing-second')} …")
        play_running(instance.address, step_done, authority=instance.authority)
    except Unexpected as trouble:
        terminal.line(sentence("demo-failed", trouble=trouble, folder=instance.folder / "logs"))
        return
    mark.write_text(json.dumps({"at": time.time()}))


def _stop_at_once_when_told_again(instance: Instance) -> None:
    """Stopping goes on to its end whatever comes; who asks a second time gets it at once,
    without goodbyes.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda _number, _frame: instance.supervisor.hurry())


def _signals() -> threading.Event:
    """An event that SIGTERM and a closed terminal set;
    Ctrl-C stays a KeyboardInterrupt, so that it also ends a start.
    """
    ending = threading.Event()

    def end(_number: int, _frame: object) -> None:
        ending.set()
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    return ending
