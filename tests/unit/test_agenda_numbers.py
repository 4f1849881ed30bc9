"""Each letter that leaves the house has an agenda number of its own (SOP step 12)."""

from dataclasses import replace

import pytest

from tests.unit.test_dispatch import QUEUED, SENT, correct, corrected, given, send

TAKEN = {"kemendagri": "045/12", "gubernur_koreksi_1": "Ag 9"}


@pytest.mark.parametrize("number", ["045/12", " 045/12", "045 / 12", "AG 9", "ag9"])
def test_no_two_letters_have_one_agenda_number(number: str) -> None:
    sent, mended = replace(send(agenda=number), others=TAKEN), replace(correct(value=number), others=TAKEN)
    given(*QUEUED).when(sent).refused("agenda-number-taken", field="agenda_number")
    other = replace(SENT, agenda_number="1")
    given(*QUEUED, other).when(mended).refused("agenda-number-taken", field="value")


def test_another_number_is_sent_and_other_facts_are_corrected_whatever_numbers_there_are() -> None:
    given(*QUEUED).when(replace(send(), others={"kemendagri": "045/13"})).then(SENT)
    carrier = replace(correct("carrier", "045/12"), others=TAKEN)
    given(*QUEUED, SENT).when(carrier).then(corrected("carrier", "Kurir", "045/12"))
