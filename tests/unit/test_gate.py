"""The gate before every decision: every field of every command of every service,
and what no field may hold.
"""

import dataclasses
import typing
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.documents.domain.dispatch_commands import RecordReceipt
from services.intake.domain.cycle import OpenCycle
from services.intake.domain.submission import EnterFigure, HandIn, TakeBack
from shared.contracts.values import Figure, QualityItem, StoredFile
from shared.eventsourcing.commands import checks, gate
from shared.eventsourcing.commands.decider import Refused

NOW = datetime(2027, 3, 30, 17, 30, tzinfo=UTC)  # half past midnight of the 31st in the office
AT = gate.at("3402-2026", NOW)
TODAY = date(2027, 3, 31)


def test_text_is_kept_in_one_form() -> None:
    typed = TakeBack(reason="se\u0301kali\r\nlagi\rya\t.", endorsed=False, by="sri", occurred_on=TODAY)
    assert gate.admit(typed, AT).reason == "s\u00e9kali\nlagi\nya\t."


@pytest.mark.parametrize(
    "seen", [".", "-", "\u00b7", "\u0e01\u0e34", "\u05d0", "\u200bA\u200b", "👁️", "\u0301"]
)
def test_whatever_can_be_seen_is_kept(seen: str) -> None:
    assert gate.admit(TakeBack(reason=seen, endorsed=False, by="sri", occurred_on=TODAY), AT).reason == seen


@pytest.mark.parametrize(
    "harmless",
    [
        "a\u00a0b",
        "co\u00adoperate",
        "\u0645\u06cc\u200c\u062e",
        "Vi\u1ec7t",
        "\uf0b7 butir",
        "👩‍🚀",
        "é" * 4000,
    ],
)
def test_what_people_paste_passes(harmless: str) -> None:
    typed = TakeBack(reason=harmless, endorsed=False, by="sri", occurred_on=TODAY)
    assert gate.admit(typed, AT).reason == harmless


def test_only_a_field_that_shows_them_may_hold_line_breaks() -> None:
    with pytest.raises(Refused, match="U\\+000A") as refusal:
        gate.admit(receipt(received_by="Yuni\nAstuti"), AT)
    assert (refusal.value.code, refusal.value.field) == ("text-not-plain", "received_by")


def receipt(**other: Any) -> RecordReceipt:
    scan = StoredFile(digest="a" * 64, name="tanda-terima.pdf", media_type="application/pdf", size=1)
    said = {
        "received_by": "Yuni",
        "received_on": TODAY,
        "reference": "",
        "scan": scan,
        "by": "tono",
        "occurred_on": TODAY,
    }
    return RecordReceipt(**{**said, **other})


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (TODAY, ""),
        (date(2027, 4, 1), "day-to-come"),
        (date(2062, 3, 12), "day-to-come"),
        (date(2025, 1, 1), ""),
        (date(2024, 12, 31), "day-too-early"),
    ],
)
def test_an_act_is_over_and_not_older_than_the_year_before_its_cycle(day: date, code: str) -> None:
    command = receipt(received_on=day)
    if not code:
        assert gate.admit(command, AT) is command
        return
    with pytest.raises(Refused) as refusal:
        gate.admit(command, AT)
    assert (refusal.value.code, refusal.value.field) == (code, "received_on")


def test_a_plan_may_lie_ahead_within_reason() -> None:
    opening = OpenCycle(
        region="3402", region_name="Kabupaten Bantul", year=2026, sop="04/SOP/2022",
        report_due=date(2027, 3, 31),
        by="hesti", occurred_on=date(2026, 8, 3),
    )  # fmt: skip
    assert gate.admit(opening, AT) is opening
    with pytest.raises(Refused) as refusal:
        gate.admit(dataclasses.replace(opening, report_due=date(2099, 3, 31)), AT)
    assert refusal.value.code == "day-out-of-range"


def test_a_cell_is_named_as_in_the_request() -> None:
    figure = Figure(quality={"bidan": QualityItem(required=10**16, fulfilled=1)})
    with pytest.raises(Refused) as refusal:
        gate.admit(EnterFigure(service="kes.balita", figure=figure, by="sri", occurred_on=TODAY), AT)
    assert refusal.value.field == "quality.bidan.required"


def test_what_follows_from_an_old_event_is_not_held_up() -> None:
    """A history from before the gate: a bell in a reason, a day to come, a text of a megabyte.
    Only what no database holds is refused.
    """
    followed = gate.at("3402-2026", NOW, followed=True)
    old = TakeBack(
        reason="a\x07b" + "x" * 1_000_000, endorsed=False, by="Sri Lestari", occurred_on=date(2062, 1, 1)
    )
    assert gate.admit(old, followed) is old
    for unheard in ("a\0b", "\udc80"):
        with pytest.raises(Refused):
            gate.admit(dataclasses.replace(old, reason=unheard), followed)


def test_a_type_without_a_rule_is_no_command() -> None:
    @dataclasses.dataclass
    class Loose:
        size: float

    with pytest.raises(TypeError, match="float"):
        checks.check_of(Loose)


@pytest.mark.parametrize("stream", ["a\0", "x" * 201, "submission-٣٤٠٢-2026", "", "a b"])
def test_a_stream_has_the_name_of_one(stream: str) -> None:
    with pytest.raises(Refused):
        gate.admit_stream(stream, "3402-2026")


def test_hand_in_needs_a_day() -> None:
    with pytest.raises(Refused) as refusal:
        gate.admit(HandIn(by="sri", occurred_on=typing.cast("date", None)), AT)
    assert refusal.value.field == "occurred_on"
