"""Whether the part of Jejak that runs in this container gets on: what the container's health check asks.

Role: whichever part is process 1 is asked in its own way. One that answers requests is asked whether it is
ready; a worker, which listens nowhere, whether it said lately in its database that it takes in and sends; the
front door whether it says anything. Exit code 0: it gets on, 1: it does not, with why. `--alive` forgives
what another start would not mend: a worker whose database is away. Previous hop: the Dockerfile, the chart.
Next hop: `shared/web/watched/health.py`, `shared/messaging/workers.py`.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final

PATIENCE_S: Final = 5.0
QUIET_S: Final = 15.0
"""After so many seconds without a word a worker counts as silent, as for the web processes."""
_ASK: Final = (
    b"SELECT (state #>> '{checks,transport,ok}') = 'true', now() - at < make_interval(secs => %s), "
    b"state::text FROM worker WHERE node = %s"
)
DOOR: Final = "deploy.containers.door"


def part(command: Sequence[str]) -> tuple[str, str]:
    """What runs, from its command line: ("intake", "web"), ("door", ""), or nothing that could be asked."""
    for module, *rest in (command[at:] for at in range(len(command))):
        if module == DOOR:
            return "door", ""
        if module.startswith("services.") and rest:
            return module.removeprefix("services."), rest[0]
    return "", ""


def answers(port: int, path: str, host: str = "127.0.0.1") -> str:
    """Why not; empty where it answers that all is well."""
    connection = HTTPConnection(host, port, timeout=PATIENCE_S)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return "" if answer.status == 200 else f"{answer.status} {answer.read(2000).decode(errors='replace')}"
    except (OSError, HTTPException) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        connection.close()


def worker(told: Mapping[str, str], *, forgiving: bool) -> str:
    """Why a worker does not get on, by what it last said; empty where it does."""
    import psycopg

    from shared.settings_told import found

    said, faults = found(told, ["JEJAK_DATABASE_URL", "JEJAK_NODE"])
    if faults:
        return "; ".join(faults.values())
    try:
        with psycopg.connect(said.get("JEJAK_DATABASE_URL", ""), connect_timeout=int(PATIENCE_S)) as conn:
            row = conn.execute(_ASK, (QUIET_S, said.get("JEJAK_NODE", "0"))).fetchone()
    except psycopg.Error as error:
        return "" if forgiving else f"database: {type(error).__name__}"
    if row is None:
        return "it has not said anything yet"
    moves, fresh, state = row
    if not fresh:
        return "it has not said anything lately"
    return "" if moves or forgiving else f"it does not get on: {json.loads(state)['checks'].get('transport')}"


def why_not(command: Sequence[str], told: Mapping[str, str], *, forgiving: bool) -> str:
    """Why the part with this command line and environment does not get on; empty where it does."""
    what, how = part(command)
    if what == "door":
        from deploy.local.supervision import pulse

        asked = pulse.http("/front-door/health")  # in the clear, which a door with TLS answers as well
        port = int(told.get("JEJAK_HTTPS_PORT") or 443)
        return "" if pulse.says_something(port, asked) else "the front door says nothing"
    if how in {"web", "serve"}:
        port = int(told.get("JEJAK_PORT", "0"))
        return answers(port, f"/api/{what}/health/{'live' if forgiving else 'ready'}")
    if how == "worker":
        return worker(told, forgiving=forgiving)
    return ""


def main(arguments: Sequence[str]) -> int:
    """Looks at process 1 of this container."""
    command = Path("/proc/1/cmdline").read_bytes().decode(errors="replace").split("\0")
    why = why_not(command, os.environ, forgiving="--alive" in arguments)
    if why:
        sys.stdout.write(f"{why[:2000]}\n")
    return 1 if why else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
