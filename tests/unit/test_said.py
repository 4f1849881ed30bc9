"""What a person says has one shape: a form is read by it, and the command is made from it."""

from dataclasses import dataclass
from datetime import date

import pytest

from shared.eventsourcing.commands.decider import Refused
from shared.web.forms.fields import Body, Day, Name
from shared.web.forms.said import command_of, said_in


class Printed(Body):
    digest: Name
    copies: int
    printed_on: Day


class PrintedIn(Printed):
    occurred_on: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPrinting:
    digest: str
    copies: int
    printed_on: date
    by: str
    occurred_on: date


FORM = {"digest": " abc ", "copies": "3", "printed_on": "17 Feb 2026"}
DAY, TODAY = date(2026, 2, 17), date(2026, 2, 18)


def test_each_field_of_a_form_is_read_by_its_type() -> None:
    said = said_in(FORM, Printed)
    assert (said.digest, said.copies, said.printed_on) == ("abc", 3, DAY)


def test_a_text_that_is_missing_is_empty_as_in_any_form() -> None:
    assert said_in({**FORM, "digest": None}, Printed).digest == ""


@pytest.mark.parametrize(("field", "typed"), [("copies", "tiga"), ("printed_on", "kemarin"), ("copies", "")])
def test_what_is_no_number_and_no_day_is_refused_beside_its_field(field: str, typed: str) -> None:
    with pytest.raises(Refused) as refused:
        said_in({**FORM, field: typed}, Printed)
    assert refused.value.field == field


def test_form_and_json_make_the_same_command() -> None:
    typed = said_in(FORM, Printed)
    sent = PrintedIn.model_validate({"digest": "abc", "copies": 3, "printed_on": "2026-02-17"})
    made = RecordPrinting(digest="abc", copies=3, printed_on=DAY, by="sri", occurred_on=TODAY)
    for said in (typed, sent):
        assert command_of(RecordPrinting, said, by="sri", occurred_on=TODAY) == made


def test_a_command_that_is_left_without_a_field_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="by"):
        command_of(RecordPrinting, said_in(FORM, Printed), occurred_on=TODAY)
