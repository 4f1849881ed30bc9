"""The cut of a backup: while its snapshots are taken nobody takes anything in, and people go on."""

import pytest
from psycopg import connect
from psycopg.errors import LockNotAvailable

from deploy.saving import cut
from deploy.saving.cut import Way
from shared.service_names import SERVICES
from tests.support.applications import migrated
from tests.support.parts import PostgresPart

SAID = b"INSERT INTO tick (position) SELECT coalesce(max(position), 0) + 1 FROM tick"
TAKEN_IN = (
    b"INSERT INTO cursor (source, stream, version) VALUES ('intake', 's', 1) "
    b"ON CONFLICT (source, stream) DO UPDATE SET version = cursor.version + 1"
)


def test_what_is_said_and_taken_in_between_two_snapshots_is_in_neither(
    postgres: PostgresPart, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moment that no load hits by chance: after the snapshot of the source, before that of the reader."""
    made = {name: postgres.fresh_database("cut") for name in SERVICES}
    for name, database in made.items():
        migrated(name, database)
    ways = {name: database.owner for name, database in made.items()}
    exported, tried = cut._exported, list[str]()

    def happen_behind(name: str, conn: Way) -> str:
        found = exported(name, conn)
        with connect(ways[name], autocommit=True) as source:
            source.execute(SAID)  # a person's act goes on
        for reader in (way for other, way in ways.items() if other != name):
            with connect(reader, autocommit=True) as taking_in:
                taking_in.execute("SET lock_timeout = '50ms'")
                try:
                    taking_in.execute(TAKEN_IN)
                    tried.append("taken in")
                except LockNotAvailable:
                    tried.append("waits")
        return found

    monkeypatch.setattr(cut, "_exported", happen_behind)
    with cut.cut(ways, {}) as snapshots:
        seen = [one.ask("SELECT count(*) FROM cursor") for one in snapshots.values()]
        with connect(ways["intake"], autocommit=True) as after:
            after.execute(TAKEN_IN)  # held for the snapshots only, not for the dumps
    assert set(tried) == {"waits"}
    assert len(tried) == len(SERVICES) * (len(SERVICES) - 1)
    assert seen == [0] * len(SERVICES)
