"""What an event changed: every kind of event has its decision, what it replaces is found by a word of its
own, and only what reads otherwise is told.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.archive.log.leaf import leaf_of
from services.archive.search_words import exact_words
from services.archive.states import ACTS, SETS, TELLING, states_of, word_of
from services.archive.trail.changed import changed, words_to_find
from shared.access.people import People
from shared.contracts.registry import all_declared
from tests.support.archive_room import event_of
from tests.support.events import happened

KEPT = Path(__file__).with_name("exact_words.txt")
PEOPLE = People({}, {"dinkes": "Dinas Kesehatan", "dinsos": "Dinas Sosial"})
OF_THEN = sorted((Path(__file__).parents[1] / "contracts" / "samples").glob("*.v1.json"))
CALENDAR = "settings-calendar"
SUBMISSION = "submission-3402-2026-dinkes-tahunan"


def line(source: str, kind: str, stream: str = SUBMISSION, /, **data: Any) -> dict[str, Any]:
    event = {"source": source, "type": kind, "stream": stream, "data": data, "metadata": {"actor": {}}}
    return {"source": source, "type": kind, "stream": stream, "event": event}


def told(row: dict[str, Any], *earlier: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What the last line changed; of the earlier ones the last with a word of its states set it before."""
    before = {word: one for one in earlier for word in words_to_find(one)}
    return [(one.cell, one.before, one.after) for one in changed(row, before, PEOPLE)]


def entered(service: str = "kes.balita", **cells: Any) -> dict[str, Any]:
    return line("intake", "figure-entered", agency="dinkes", service=service, figure=cells)


def attached(name: str, services: list[str]) -> dict[str, Any]:
    file = {"digest": "a" * 64, "name": name, "media_type": "application/pdf", "size": 3}
    return line("intake", "evidence-attached", evidence={"file": file, "services": services})


def test_of_every_kind_it_is_decided_what_it_replaces() -> None:
    declared = {(entry.producer, entry.name) for entry in all_declared()}
    assert {*SETS, *TELLING, *ACTS} == declared
    assert len(SETS) + len(TELLING) + len(ACTS) == len(declared), "a kind stands in one table"


def test_every_kind_that_replaces_something_sets_a_state_that_can_be_told() -> None:
    empty = {
        kind
        for source, stream, event in happened()
        if (kind := (leaf := leaf_of(event_of(event, stream=stream))).type)
        and (source, kind) in SETS
        and not states_of(json.loads(leaf.line))
    }
    assert empty == {"services-taken-over"} & empty


def test_the_words_of_a_line_never_change() -> None:
    """They are held against the index of every log there is: other words ask for a migration that writes them
    anew. What a new kind of event sets is kept here too, once it is decided.
    """
    kept = dict(line.split(": ", 1) for line in KEPT.read_text(encoding="utf-8").splitlines())
    now = {path.stem: " ".join(sorted(exact_words(sampled(path)))) for path in OF_THEN}
    assert {stem: now[stem] for stem in kept} == kept


def sampled(sample: Path) -> dict[str, Any]:
    source, kind, *_ = sample.stem.split(".")
    data = json.loads(sample.read_text(encoding="utf-8"))
    return {"source": source, "type": kind, "stream": "s-1", "data": data, "metadata": {"actor": {}}}


FIRST = entered(served=4000, entitled=5000)
TABLE: list[tuple[str, list[dict[str, Any]], list[tuple[str, str, str]]]] = [
    ("a cell", [FIRST, entered(served=4075, entitled=5000)], [("Terlayani", "4.000", "4.075")]),
    ("the newest one before counts", [FIRST, entered(served=1, entitled=5000), FIRST],
        [("Terlayani", "1", "4.000")]),
    ("a blank is no zero", [FIRST, entered(served=0)],
        [("Terlayani", "4.000", "0"), ("Berhak", "5.000", "")]),
    ("the first", [FIRST], []),
    ("another service", [FIRST, entered("kes.ibu_hamil", served=4075)], []),
    ("the same again", [FIRST, FIRST], []),
    ("figures that came along", [
        line("intake", "services-taken-over", figures={"kes.balita": {"served": 4000}}, evidence=[]),
        entered(served=4075)], [("Terlayani", "4.000", "4.075")]),
    ("evidence comes", [attached("rekap.pdf", ["kes.balita"])],
        [("Layanan", "", "Pelayanan kesehatan balita"), ("Bukti", "", "rekap.pdf")]),
    ("evidence goes", [attached("rekap.pdf", []), line("intake", "evidence-withdrawn", digest="a" * 64)],
        [("Bukti", "rekap.pdf", "")]),
    ("one of several", [
        line("intake", "step-parts-changed", "step-3402-2026-7", parts=["dinkes", "dinsos"]),
        line("intake", "step-parts-changed", "step-3402-2026-7", parts=["dinsos"])],
        [("Menunggu", "Dinas Kesehatan", "")]),
    ("a person", [
        line("intake", "person-registered", "people-3402", person="sri", name="Sri", nip="1", rank=""),
        line("intake", "person-changed", "people-3402", person="tri", name="Tri"),
        line("intake", "person-changed", "people-3402", person="sri", name="Sri L.", nip="1", rank="")],
        [("Nama", "Sri", "Sri L.")]),
    ("an office that ends earlier", [
        line("intake", "office-given", "people-3402", person="sri", office=1, valid_until="2027-12-31"),
        line("intake", "office-ended", "people-3402", person="sri", office=1, ended_on="2027-03-01")],
        [("Berlaku sampai", "Jum, 31 Des 2027", "Sen, 1 Mar 2027")]),
    ("the calendar", [
        line("intake", "calendar-changed", CALENDAR, day="2026-03-02", kind="holiday"),
        line("intake", "calendar-changed", CALENDAR, day="2026-03-02", kind="working")],
        [("Jenis", "libur", "hari kerja")]),
    ("what says so itself", [
        line("documents", "dispatch-corrected", "dispatch-3402-2026-gubernur", field="agenda_number",
            before="7", after="8", reason="x", by="wulan")], [("nomor agenda", "7", "8")]),
    ("changes that are listed", [
        line("verification", "approval-voided", changes=[
            {"service": "pend.paud", "field": "served", "before": "1", "after": "2"},
            {"service": "pend.paud", "field": "served", "before": "2", "after": "2"}])],
        [("Pendidikan anak usia dini: terlayani", "1", "2")]),
    ("an act", [line("intake", "submission-reopened", reason="x")], []),
    ("of another shape", [FIRST, line("intake", "figure-entered", service="kes.balita", figure=5)],
        [("Angka", "", "5"), ("Terlayani", "4.000", ""), ("Berhak", "5.000", "")]),
    ("nonsense", [line("intake", "evidence-attached", evidence="x")], []),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "expected"), [case[1:] for case in TABLE], ids=[case[0] for case in TABLE])
def test_only_what_reads_otherwise_is_told(
    rows: list[dict[str, Any]], expected: list[tuple[str, str, str]]
) -> None:
    assert sorted(told(rows[-1], *rows[:-1])) == sorted(expected)


def test_a_line_of_another_stream_that_stands_under_the_word_is_no_former_state() -> None:
    row, foreign = entered(served=2), line("intake", "figure-entered", "submission-x", service="kes.balita")
    assert changed(row, dict.fromkeys(words_to_find(row), foreign), PEOPLE) == []


def values() -> Iterator[st.SearchStrategy[Any]]:
    yield st.none()
    yield st.integers()
    yield st.text(max_size=5)


ANYTHING = st.recursive(
    st.one_of(*values()),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["file", "digest", "service", "figure", "name", "x"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(
    st.sampled_from(sorted({*SETS, *TELLING})),
    st.dictionaries(
        st.sampled_from(["evidence", "figure", "figures", "service", "digest", "changes", "item"]), ANYTHING
    ),
)
def test_whatever_a_line_says_what_it_changed_is_told_or_nothing(
    kind: tuple[str, str], data: dict[str, Any]
) -> None:
    row = line(*kind, **data)
    told(row, row)
    assert all(word.startswith("s:") for word in words_to_find(row))
    assert word_of("a", "b", *states_of(FIRST["event"])) != word_of("b", "b", *states_of(FIRST["event"]))
