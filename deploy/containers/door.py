"""The front door in a container: Caddy in front of the services' own containers, with the configuration, the
static files and the watched certificate of this version of Jejak.

Previous hop: `deploy/compose.yaml`, `deploy/helm/`. Next hop: `deploy/local/caddy.py`, as in an installation
without containers.
"""

import os
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from deploy.front_door import settings as door_settings
from deploy.local import caddy, watching
from deploy.local.supervision.supervisor import Supervisor
from deploy.messages import CannotStart
from shared.service_names import SERVICES

UPSTREAMS: Final = "JEJAK_UPSTREAMS"
KEPT: Final = "JEJAK_DOOR_DATA"


def upstreams(told: Mapping[str, str]) -> dict[str, list[str]]:
    """Where each service answers: `intake=HOST:PORT+HOST:PORT,verification=…`. Raises CannotStart."""
    said = dict(pair.partition("=")[::2] for pair in told.get(UPSTREAMS, "").split(",") if pair)
    found = {service: [one for one in said.get(service, "").split("+") if one] for service in SERVICES}
    wrong = [name for name in said if name not in SERVICES]
    wrong += [name for name, places in found.items() if not places or not all(map(_is_place, places))]
    if wrong:
        raise CannotStart("no-upstreams", names=", ".join(wrong)[:200], name=UPSTREAMS)
    return found


def _is_place(text: str) -> bool:
    host, _, port = text.rpartition(":")
    return bool(host) and port.isascii() and port.isdecimal() and 0 < int(port[:6]) < 65_536


def stand(told: Mapping[str, str], ending: threading.Event) -> None:
    """Stand at the door until told to end. Raises CannotStart."""
    settings = door_settings.read(told)
    if settings.tls == "off":
        raise CannotStart("production-without-tls")
    places = upstreams(told)
    folder = Path(told.get(KEPT, "/data"))
    for below in ("logs", "run"):
        (folder / below).mkdir(parents=True, exist_ok=True)
    supervisor = Supervisor(_say)
    port = caddy.chosen_port(settings, "usual", settings.https_port or caddy.PUBLIC_PORT, _say)
    try:
        supervisor.start([caddy.prepare(folder, settings, port, places)])
        supervisor.watch()
        watching.Watching(folder, settings, port, supervisor, _say).begin()
        _say(settings.address(port))
        ending.wait()
    finally:
        supervisor.stop()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """`python -m deploy.containers.door`: 0 when it was told to end, 1 where it cannot stand, with why."""
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: ending.set())
    try:
        stand(os.environ, ending)
    except CannotStart as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
