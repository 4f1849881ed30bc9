"""Which ports the parts of one installation use: free ones the first time, the same ones ever after."""

import json
import socket
from collections.abc import Iterable
from pathlib import Path

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether a server could bind that port on the loopback address now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def answers(port: int, host: str = LOOPBACK) -> bool:
    """Whether something listens there now."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def free_ports(count: int, *, below: int = 50_000) -> list[int]:
    """That many different free ports; below 50,000 because `weed` adds 10,000 for gRPC."""
    held: list[socket.socket] = []
    found: list[int] = []
    try:
        while len(found) < count:
            probe = socket.socket()
            held.append(probe)
            probe.bind((LOOPBACK, 0))
            port = int(probe.getsockname()[1])
            if port < below and is_free(port + 10_000):
                found.append(port)
    finally:
        for probe in held:
            probe.close()
    return found


def remembered_ports(file: Path, names: Iterable[str]) -> dict[str, int]:
    """The ports written in that file; a name that is new, or whose port somebody else took meanwhile, gets a free one."""
    known: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    missing = [name for name in names if name not in known or not is_free(known[name])]
    known.update(zip(missing, free_ports(len(missing)), strict=True))
    if missing:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(known, indent=1, sort_keys=True))
    return {name: known[name] for name in names}
