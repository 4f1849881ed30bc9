"""What was recorded once is remembered by today's deciders, event by event: no fact is of a phase
that its stream was not in.
"""

from pathlib import Path

import pytest

from services.archive.bootstrap import ROOM as ARCHIVE
from services.documents.bootstrap import ROOM as DOCUMENTS
from services.intake.bootstrap import ROOM as INTAKE
from services.verification.bootstrap import ROOM as VERIFICATION
from tests.contracts.kept_history import History

KEPT = Path(__file__).parent / "history"
ROOMS = {room.name: room for room in (INTAKE, VERIFICATION, DOCUMENTS, ARCHIVE)}


@pytest.mark.parametrize("name", ["demonstration", "troubles"])
def test_every_stream_of_a_kept_history_is_remembered(name: str) -> None:
    states: dict[tuple[str, str], object] = {}
    for event in History.kept(KEPT / name).events:
        stream = event.source, event.stream
        decider = ROOMS[event.source].categories[event.stream.partition("-")[0]]
        state = states.get(stream, decider.initial)
        states[stream] = decider.evolve(state, event.recorded().event)
    assert {kind for kind, _ in states} == set(ROOMS)
