"""The running room of this process, and the time, as a request finds them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

from fastapi import Request

from shared.clock import WIB
from shared.clock import now as real_now
from shared.eventsourcing.past.moment import looks_at
from shared.ground.watch import Ground
from shared.room import Running
from shared.telemetry import tracing
from shared.troubles import Trouble


def running_of(request: Request) -> Running:
    """The running room; `create_app`'s lifespan put it there."""
    return cast("Running", request.app.state.running)


def troubles_of(request: Request) -> list[Trouble]:
    """What is wrong right now in this process, and where it only serves, in those that work;
    the oldest first.
    """
    elsewhere = getattr(request.app.state, "elsewhere", list[Trouble])
    return sorted(
        [*running_of(request).troubles.listed(), *elsewhere()],
        key=lambda trouble: (trouble.since, trouble.name),
    )


def outage_of(request: Request) -> str:
    """The problem that a full or read-only disk is; empty where the ground holds. Touches the disk."""
    ground: Ground | None = getattr(request.app.state, "ground", None)
    return ground.outage() if ground else ""


def now_of(request: Request) -> datetime:
    """The present moment (a test may set `app.state.clock`); for who looks back, that moment."""
    if (moment := looks_at()) is not None:
        return moment.at
    clock = getattr(request.app.state, "clock", real_now)
    return cast("datetime", clock())


def today_of(request: Request) -> date:
    """The present day in the office."""
    return now_of(request).astimezone(WIB).date()


def traceparent_of(request: Request) -> str:
    """The request's place in its trace; empty before the outermost layer gave it one."""
    return cast("str", request.scope.get("state", {}).get("traceparent", ""))


def request_id_of(request: Request) -> str:
    """The id by which this request is found in log files and events."""
    return tracing.id_of(traceparent_of(request))


def is_https(request: Request) -> bool:
    """Whether people reach this installation by https, directly or through a front door that ends it."""
    return request.url.scheme == "https" or running_of(request).settings.public_url.startswith("https:")


def facts(source: Mapping[str, Any]) -> dict[str, str]:
    """Values of a refusal as text for a sentence."""
    return {key: str(value) for key, value in source.items()}
