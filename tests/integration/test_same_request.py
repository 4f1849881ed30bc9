"""The same request under the same key is the same command, also on another day;
another request under that key is refused.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response

from tests.support.intake_room import CYCLE, IntakeRoom, figure_body, intake_room, to_step_7
from tests.support.parts import PostgresPart

CASE = f"/submissions/{CYCLE}-dinkes-tahunan"
REUSED = "urn:jejak:problem:idempotency-key-reused"


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("same_request")) as made:
        await to_step_7(made, "dinkes")
        yield made


async def again_tomorrow(
    room: IntakeRoom, method: str, path: str, person: str, body: dict[str, Any]
) -> tuple[Response, Response]:
    """A request, and the same a day later; then something else under its key."""
    key = {"Idempotency-Key": f"key of {path}"}
    first = await room.call(method, path, person, body, **key)
    now = room.app.state.clock()
    room.app.state.clock = lambda: now + timedelta(days=1)
    second = await room.call(method, path, person, dict(reversed(body.items())), **key)
    other = await room.call(method, path, person, {**body, "occurred_on": "2026-12-01"}, **key)
    room.app.state.clock = lambda: now
    assert (other.status_code, other.json()["type"]) == (422, REUSED), other.text
    return first, second


async def test_the_day_that_a_route_adds_is_no_part_of_the_request(room: IntakeRoom) -> None:
    requests: list[tuple[str, str, str, dict[str, Any]]] = [
        ("PUT", f"{CASE}/figures/kes.balita", "sri", figure_body("kes.balita")),
        ("PUT", "/agencies/dinsos", "bagus", {"name": "Dinas Sosial", "short_name": "Dinsos"}),
        (
            "POST",
            "/agencies/dinsos/assignments",
            "bagus",
            {"service": "sos.anak", "valid_from": "2026-01-01"},
        ),
        (
            "POST",
            "/calendar/days",
            "bagus",
            {"day": "2026-12-24", "kind": "holiday", "name": "Cuti bersama", "source": "SKB"},
        ),
    ]
    for method, path, person, body in requests:
        first, second = await again_tomorrow(room, method, path, person, body)
        assert first.status_code < 300, f"{path}: {first.text}"
        assert (second.status_code, second.json()) == (first.status_code, first.json()), path
