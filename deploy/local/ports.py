"""Which ports the parts of one installation use: free ones the first time, the same ones ever after."""

import errno
import json
import random
import socket
from collections.abc import Iterable
from pathlib import Path

from deploy.local import places

LOOPBACK = "127.0.0.1"
OURS = range(10_240, 22_768)
GRPC = 10_000


def is_free(port: int) -> bool:
    """Whether a server could bind that port on the loopback address now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def why_not(port: int, listen: str = LOOPBACK) -> str:
    """The key of the sentence that says why a server could not bind that port now; empty where it could."""
    place = listen.strip("[]") or "0.0.0.0"
    with socket.socket(socket.AF_INET6 if ":" in place else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((place, port))
        except PermissionError:
            return "port-forbidden"
        except OSError as error:
            return "port-taken" if error.errno == errno.EADDRINUSE else "port-elsewhere"
    return ""


def answers(port: int, host: str = LOOPBACK) -> bool:
    """Whether something listens there now."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def free_ports(count: int) -> list[int]:
    """That many different free ports, each with the one 10,000 above it, which `weed` takes for gRPC.

    They lie below the range from which systems take the ports of outgoing connections (32768 on Linux, 49152
    elsewhere): one of those could else be taken between this look and the start of the server, or on any
    later start.
    """
    found: set[int] = set()
    for port in random.SystemRandom().sample(OURS, len(OURS)):
        if len(found) == count:
            break
        if is_free(port) and is_free(port + GRPC) and port + GRPC not in found and port - GRPC not in found:
            found.add(port)
    return list(found)


def remembered_ports(file: Path, names: Iterable[str]) -> dict[str, int]:
    """The ports written in that file; a name that is new, or whose port somebody else took meanwhile,
    gets a free one.
    """
    known: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    missing = [name for name in names if name not in known or not is_free(known[name])]
    known.update(zip(missing, free_ports(len(missing)), strict=True))
    if missing:
        file.parent.mkdir(parents=True, exist_ok=True)
        places.put(file, json.dumps(known, indent=1, sort_keys=True))
    return {name: known[name] for name in names}
