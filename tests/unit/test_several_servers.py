"""An address of several database servers: the one that answered last first, and one of them alone."""

import pytest
from psycopg.conninfo import conninfo_to_dict

from shared.eventsourcing.several_servers import Place, beginning_with, only, places

TWO = "postgresql://u:p@db-a:5432,db-b:5433/jejak?target_session_attrs=read-write"
ALONE = "postgresql://u:p@db-a/jejak"


def test_an_address_names_its_servers_in_order() -> None:
    assert places(TWO) == (("db-a", "5432"), ("db-b", "5433"))
    assert places(ALONE) == (("db-a", "5432"),)
    assert places("postgresql://u:p@db-a,db-b:6000/jejak") == (("db-a", "5432"), ("db-b", "6000"))


@pytest.mark.parametrize("place", [None, ("db-a", "5432"), ("elsewhere", "5432")])
def test_what_answered_first_or_never_changes_nothing(place: Place | None) -> None:
    assert beginning_with(TWO, place) == TWO
    assert beginning_with(ALONE, ("db-b", "5433")) == ALONE


def test_the_one_that_answered_last_comes_first_and_nobody_is_left_out() -> None:
    turned = beginning_with(TWO, ("db-b", "5433"))
    assert places(turned) == (("db-b", "5433"), ("db-a", "5432"))
    kept = {name: value for name, value in conninfo_to_dict(turned).items() if name not in {"host", "port"}}
    assert kept == {"user": "u", "password": "p", "dbname": "jejak", "target_session_attrs": "read-write"}


def test_who_doubts_a_server_asks_that_one_whether_it_takes_writes_or_not() -> None:
    doubted = conninfo_to_dict(only(TWO, ("db-b", "5433")))
    assert (doubted["host"], doubted["port"], doubted["target_session_attrs"]) == ("db-b", "5433", "any")
