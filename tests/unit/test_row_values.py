"""What a row keeps of an event: columns and fields of one name are one, the rest is said."""

from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import Column, Date, Integer, MetaData, Table, Text

from shared.eventsourcing.read_models.changes import Delete, Patch, Put
from shared.known_cycles.tables import cycle_tables

LETTER = Table(
    "letter",
    MetaData(),
    Column("letter", Text, primary_key=True),
    Column("version", Integer),
    Column("number", Text),
    Column("sent_by", Text),
    Column("sent_on", Date),
)
DAY = date(2026, 3, 2)


@dataclass(frozen=True)
class Sent:
    letter: str
    number: str
    by: str
    sent_on: date


SENT = Sent(letter="a", number="045/1", by="sri", sent_on=DAY)


def test_what_both_call_the_same_is_kept_and_the_rest_is_said() -> None:
    put = Put.of(LETTER, SENT, version=3, sent_by=SENT.by)
    assert put.key == {"letter": "a"}
    assert put.values == {"number": "045/1", "sent_on": DAY, "version": 3, "sent_by": "sri"}


def test_the_later_source_wins_and_what_is_said_wins_over_all() -> None:
    later = Sent(letter="a", number="045/2", by="budi", sent_on=DAY)
    assert Patch.of(LETTER, SENT, later).values["number"] == "045/2"
    assert Patch.of(LETTER, SENT, later, number="-").values["number"] == "-"


def test_a_column_that_nobody_speaks_of_is_left_alone() -> None:
    assert Put.of(LETTER, SENT).values.keys() == {"number", "sent_on"}


def test_a_row_without_its_key_is_refused() -> None:
    with pytest.raises(KeyError, match="letter"):
        Delete.of(LETTER, number="045/1")


def test_a_service_may_keep_more_of_a_cycle() -> None:
    plain = cycle_tables(MetaData())
    more = cycle_tables(MetaData(), Column("region", Text, nullable=False))
    assert set(more.cycle.columns.keys()) - set(plain.cycle.columns.keys()) == {"region"}
