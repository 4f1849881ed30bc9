"""What differs between two moments: from the lines between them, and what was set before."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.archive.between.differing import (
    STANDING,
    STREAMS,
    about_of,
    found_in,
    sections,
    subject,
)
from services.archive.states import SETS
from services.archive.trail.changed import words_to_find
from shared.access.people import People, Person
from shared.contracts.registry import all_declared

SRI = Person(id="sri", name="Sri Lestari", nip="", region="3402", agency="dinkes", offices=())
PEOPLE = People({"sri": SRI}, {"dinkes": "Dinas Kesehatan"})
CASE = "3402-2026-dinkes-tahunan"
Row = dict[str, Any]


def line(index: int, kind: str, stream: str, /, source: str = "intake", **data: Any) -> Row:
    event = {"source": source, "type": kind, "stream": stream, "data": data, "metadata": {"actor": {}}}
    return {"index": index, "source": source, "type": kind, "stream": stream, "event": event}


def entered(index: int, served: int | None, service: str = "kes.balita") -> Row:
    figure = {} if served is None else {"served": served}
    return line(
        index, "figure-entered", f"submission-{CASE}", agency="dinkes", service=service, figure=figure
    )


def told(rows: Sequence[Row], first: int = 0) -> list[tuple[str, str, str, str, str]]:
    """Section, about, cell, before and after, of what differs between line `first` and the end."""
    before = {word: row for row in rows[:first] for word in words_to_find(row)}
    stood = {subject(row): row for row in rows[:first] if row["type"] in STANDING}
    found = sections(found_in(rows[first:]), before, stood, lambda _: PEOPLE)
    return [
        (section.title, row.about, row.changed.cell, row.changed.before, row.changed.after)
        for section in found
        for row in section.rows
    ]


BALITA = ("Isian dan verifikasi", "Dinas Kesehatan · Pelayanan kesehatan balita", "Terlayani")


def test_a_figure_differs_from_what_it_was_however_often_it_was_changed() -> None:
    rows = [entered(0, 1), entered(1, 2), entered(2, 3)]
    assert told(rows, 1) == [(*BALITA, "1", "3")]
    assert told(rows) == [(*BALITA, "", "3")]
    assert told([*rows, entered(3, 1)], 1) == [], "it was changed back"
    assert told([*rows, entered(3, None)], 1) == [(*BALITA, "1", "")]


def test_a_case_stands_as_its_submission_or_its_verification_said_last() -> None:
    def at(index: int, kind: str, source: str) -> Row:
        stream = f"{'submission' if source == 'intake' else source}-{CASE}"
        return line(index, kind, stream, source=source, agency="dinkes", revision=1)

    rows = [
        at(0, "submission-opened", "intake"),
        at(1, "submission-received", "intake"),
        at(2, "submission-returned", "verification"),
    ]
    case = ("Isian dan verifikasi", "Dinas Kesehatan", "Keadaan")
    returned = "Isian dikembalikan, revisi 1"
    assert told(rows, 1) == [(*case, "Isian dibuka, revisi 1", returned)]
    assert told(rows, 2) == [(*case, "Isian diserahkan, revisi 1", returned)]


def test_every_section_says_what_it_is_about() -> None:
    rows = [
        line(0, "step-started", "step-3402-2026-07", step="filling", due={"due_on": "2026-06-30"}),
        line(1, "document-drafted", "document-3402-2026-laporan", source="documents",
            document="document-3402-2026-laporan", revision=2),
        line(2, "dispatch-sent", "dispatch-3402-2026-gubernur", source="documents", recipient="gubernur"),
        line(3, "hard-copy-filed", "cyclefile-3402-2026", source="archive", item="hardcopy"),
        line(4, "person-registered", "people-3402", person="sri", name="Sri Lestari"),
        line(5, "password-changed", "account-sri", person="sri"),
    ]  # fmt: skip
    assert [(section, about) for section, about, cell, *_ in told(rows) if cell == "Keadaan"] == [
        ("Langkah", "Pendampingan pengisian"),
        ("Naskah dan pengesahan", "Laporan"),
        ("Pengiriman", "Gubernur"),
        ("Arsip", "Naskah asli (kertas)"),
        ("Pegawai dan pengaturan", "Sri Lestari"),
    ]


def test_items_of_one_shelf_stand_each_for_itself() -> None:
    shelf = "cyclefile-3402-2026"
    rows = [
        line(0, "item-expected", shelf, source="archive", item="laporan"),
        line(1, "item-filed", shelf, source="archive", item="laporan"),
        line(2, "item-expected", shelf, source="archive", item="hardcopy"),
    ]
    stands = {(about, before, after) for _, about, cell, before, after in told(rows, 1) if cell == "Keadaan"}
    assert stands == {
        ("Laporan", "Berkas ditunggu arsip", "Berkas diarsipkan"),
        ("Naskah asli (kertas)", "", "Berkas ditunggu arsip"),
    }


def test_kinds_that_are_named_are_declared() -> None:
    declared = {entry.name for entry in all_declared()}
    assert declared >= STANDING
    assert about_of(line(0, "round", "round-3402-2026"), PEOPLE) == ("", "")
    assert "account" not in STREAMS


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.data())
def test_what_differs_is_what_the_two_ends_say(values: list[int], data: st.DataObject) -> None:
    """However many lines lie between: only the last one before either moment counts."""
    first = data.draw(st.integers(0, len(values) - 1))
    found = told([entered(index, value) for index, value in enumerate(values)], first)
    was = str(values[first - 1]) if first else ""
    assert found == ([] if was == str(values[-1]) else [(*BALITA, was, str(values[-1]))])


@pytest.mark.parametrize("kind", sorted(SETS))
def test_a_line_that_was_damaged_breaks_nothing(kind: tuple[str, str]) -> None:
    rows = [line(0, kind[1], f"submission-{CASE}", source=kind[0], figure=5, evidence="x", item=["y"])]
    assert all(len(one) == 5 for one in told(rows))
