"""A statement is compiled once for its shape: others of that shape bring their own values, and what somebody
may see is never another's.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import ARRAY, Select, Text, any_, func, literal, select

from services.verification.tables import trail, verification
from shared.eventsourcing import sql
from shared.eventsourcing.sight import see, whole

Made = Callable[[Any], Select[Any]]
agency = verification.c.agency
SHAPES: dict[str, tuple[Made, Any, Any]] = {
    "a value": (lambda said: select(verification).where(agency == said), "dinkes", "dinsos"),
    "a list": (
        lambda said: select(verification).where(agency == any_(literal(said, ARRAY(Text)))),
        ["dinkes"],
        ["dinsos", "bpbd"],
    ),
    "a limit": (lambda said: select(trail).order_by(trail.c.version).limit(said), 1, 500),
    "a literal": (lambda said: select(literal(said) == func.coalesce(agency, said)), "x", "y"),
    "below": (
        lambda said: select(verification).where(select(trail.c.act).where(trail.c.by == said).exists()),
        "wulan",
        "yuni",
    ),
}


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    sql._compiled.cache_clear()
    with whole():
        yield


@pytest.mark.parametrize("name", SHAPES)
def test_one_shape_is_compiled_once_and_each_brings_its_values(name: str) -> None:
    made, one, other = SHAPES[name]
    (text, first), (same, second) = (sql._prepared(made(said), {}) for said in (one, other))
    assert text == same
    assert (one in first.values(), other in first.values()) == (True, False)
    assert (one in second.values(), other in second.values()) == (False, True)
    assert sql._compiled.cache_info().misses == 1


@pytest.mark.parametrize(
    "other",
    [
        select(verification).where(agency != "dinkes"),
        select(verification).where(agency.is_(None)),
        select(verification.c.cycle).where(agency == "dinkes"),
        select(verification).where(verification.c.cycle == "dinkes"),
        select(verification).where(agency == "dinkes").order_by(agency),
        select(trail).where(trail.c.by == "dinkes"),
    ],
    ids=str,
)
def test_what_differs_in_more_than_values_is_another(other: Select[Any]) -> None:
    text, _values = sql._prepared(select(verification).where(agency == "dinkes"), {})
    assert sql._prepared(other, {})[0] != text


def test_each_asks_of_its_own_regions() -> None:
    def asked() -> Any:
        return sql._prepared(select(verification).where(agency == "dinkes"), {})

    everything, _values = asked()
    see(["3402"], first="3402", everything=False)
    one, seen = asked()
    see(["3401"], first="3402", everything=False)
    same, others = asked()
    assert (one == same, one == everything, b"in_sight" in everything) == (True, False, False)
    assert (seen["in_sight"], others["in_sight"]) == (["3402%"], ["3401%"])
    assert sql._compiled.cache_info().misses == 1
