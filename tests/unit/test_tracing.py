"""A request has one id, whatever the caller says: it is in the answer, in every log line,
on the page of an error, and goes on with events.
"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.contextvars import clear_contextvars, get_contextvars

from shared.telemetry.tracing import begin, id_of, logging_as

TOLD = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_trace_that_was_begun_elsewhere_goes_on_in_a_step_of_its_own() -> None:
    here = begin(TOLD)
    assert id_of(here) == "0af7651916cd43dd8448eb211c80319c"
    assert here.split("-")[2] != "b7ad6b7169203331"


@pytest.mark.parametrize(
    "told",
    [
        None,
        "",
        TOLD.upper(),
        TOLD + "\n",
        f"00-{'0' * 32}-b7ad6b7169203331-01",
        f"00-{'a' * 32}-{'0' * 16}-01",
    ],
)
def test_what_is_no_trace_begins_a_new_one(told: str | None) -> None:
    assert id_of(begin(told)) != id_of(begin(told))


@given(st.text())
def test_whatever_a_caller_sends_the_id_is_plain(told: str) -> None:
    assert re.fullmatch("[0-9a-f]{32}", id_of(begin(told)))


def test_log_lines_name_the_trace_only_within() -> None:
    clear_contextvars()
    with logging_as(TOLD, command="c1", correlation=""):
        assert get_contextvars() == {"request": id_of(TOLD), "command": "c1"}
    assert "request" not in get_contextvars()
