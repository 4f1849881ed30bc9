"""What the trail says of an event: every field in words, every value as a person reads it,
and the exact one behind it.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec.inspect
import pytest

from services.archive.trail.event_words import LONGEST, facts, in_short
from services.archive.trail.field_values import FIELDS, KEYS, SAID, known, title
from shared.access.people import People, Person
from shared.contracts.registry import all_declared
from shared.contracts.values import Figure, QualityItem
from shared.web.words import document_words, i18n
from tests.support.archive_room import CYCLE

SAMPLES = sorted((Path(__file__).parents[1] / "contracts" / "samples").glob("*.json"))
PEOPLE = People(
    {"rina": Person(id="rina", name="Rina Astuti", nip="", region="3402", agency="dinkes", offices=())},
    {"dinkes": "Dinas Kesehatan"},
)
DIGEST = "37bc792a" + "0" * 56
RAW = re.compile(r"\d{4}-\d\d-\d\d|[0-9a-f]{64}|\b(True|False|true|false|None)\b|_")


def fields(kind: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every field of an event, however deep, by the names that lead to it;
    a table is told apart by its type.
    """
    if isinstance(kind, msgspec.inspect.DataclassType):
        for field in kind.fields:
            yield (*path, field.encode_name), field.type
            yield from fields(field.type, (*path, field.encode_name))
    inner = [getattr(kind, name) for name in ("value_type", "item_type") if hasattr(kind, name)]
    for one in (*inner, *getattr(kind, "types", ())):
        yield from fields(one, path)


DECLARED = [found for entry in all_declared() for found in fields(msgspec.inspect.type_info(entry.event))]


def short(**data: Any) -> str:
    return in_short({"cycle": CYCLE, **data}, PEOPLE)


def told(data: Any) -> list[tuple[str, str, str, str]]:
    return [(fact.name, fact.title, fact.stored, fact.value) for fact in facts(data, PEOPLE)]


def test_every_field_of_every_declared_event_has_a_word_and_no_word_is_left_over() -> None:
    assert [path for path, _ in DECLARED if known(list(path)) is None] == []
    assert [
        name
        for name in FIELDS
        if not any(path[-name.count(".") - 1 :] == tuple(name.split(".")) for path, _ in DECLARED)
    ] == []


def test_every_table_of_an_event_says_what_its_keys_are() -> None:
    assert {path[-1] for path, kind in DECLARED if isinstance(kind, msgspec.inspect.DictType)} == set(KEYS)


def test_every_value_of_a_fixed_list_has_a_word() -> None:
    listed = {
        value
        for _, kind in DECLARED
        if isinstance(kind, msgspec.inspect.LiteralType)
        for value in kind.values
    }
    assert {
        value
        for value in listed
        if value not in SAID and value not in FIELDS and not document_words.named(value)
    } == set()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_the_line_of_an_event_says_nothing_as_a_program_writes_it(sample: Path) -> None:
    line = in_short(json.loads(sample.read_text(encoding="utf-8")), PEOPLE)
    assert len(line) <= LONGEST
    assert not RAW.search(line), line


def test_figures_read_as_on_the_sheet() -> None:
    figure = Figure(
        served=4075,
        entitled=4122,
        budget=3_282_000_000,
        quality={"buku_gambar": QualityItem(required=1200, fulfilled=0)},
    )
    data = {
        "agency": "dinkes",
        "service": "kes.ibu_hamil",
        "figure": msgspec.to_builtins(figure),
        "by": "rina",
    }
    assert short(**data).startswith(
        "layanan Pelayanan kesehatan ibu hamil, berhak 4.122, terlayani 4.075, anggaran 3.282.000.000, "
        "jawaban terisi, buku gambar: dibutuhkan"
    )
    assert told(data)[3] == ("figure.served", "Terlayani", "4075", "4.075")
    assert ("figure.quality.buku_gambar.fulfilled", "Buku gambar: terpenuhi", "0", "0") in told(data)


def test_a_lock_reads_as_on_the_shelf() -> None:
    data = {
        "item": "tanda_terima_kemendagri",
        "mode": "compliance",
        "lock_enforced": True,
        "retain_until": "2031-11-24T17:00:00Z",
    }
    assert (
        short(**data) == "berkas tanda terima Kemendagri, kunci tetap, ditegakkan ya, sampai Sel, 25 Nov 2031"
    )
    assert told({"lock_enforced": False}) == [("lock_enforced", "Ditegakkan", "false", "tidak")]


def test_it_speaks_english_when_asked() -> None:
    forget = i18n.language.set("en")
    assert short(
        item="laporan", mode="compliance", lock_enforced=True, retain_until="2031-11-24T17:00:00Z"
    ) == ("file report, lock final, enforced yes, until Tue, 25 Nov 2031")
    i18n.language.reset(forget)


def test_people_agencies_services_and_streams_are_called_by_their_names() -> None:
    assert short(contributors=["rina", "jejak:archive", "x"], verified_by="rina") == (
        "diverifikasi oleh Rina Astuti, pengisi Rina Astuti / Jejak / x"
    )
    assert short(parts=["dinkes", "gubernur"]) == "menunggu Dinas Kesehatan / Gubernur"
    assert short(submission=f"submission-{CYCLE}-dinkes-tahunan") == "isian dari Dinas Kesehatan"
    assert (
        short(document=f"document-{CYCLE}-laporan", dispatch="gubernur")
        == "naskah laporan, pengiriman kepada Gubernur"
    )
    assert short(services=["pend.paud", "pend.dasar", "kes.balita", "kes.lansia", "sos.anak"]).endswith(
        "Pelayanan kesehatan balita / +2"
    )
    assert (PEOPLE.name("jejak:archive"), PEOPLE.name("rina")) == ("Jejak", "Rina Astuti")


def test_a_change_reads_in_the_words_of_its_cell() -> None:
    cells = {
        "served": "4075",
        "quality.buku_gambar.required": "1200",
        f"evidence.{DIGEST}": "",
        "answer": "nihil",
        "received_on": "2027-03-10",
    }
    found = [
        short(changes=[{"service": "pend.paud", "field": cell, "before": was, "after": was}])
        for cell, was in cells.items()
    ]
    assert found == [
        "layanan Pendidikan anak usia dini, kolom terlayani, semula 4.075, menjadi 4.075",
        "layanan Pendidikan anak usia dini, kolom buku gambar: dibutuhkan, semula 1.200, menjadi 1.200",
        "layanan Pendidikan anak usia dini, kolom bukti",
        "layanan Pendidikan anak usia dini, kolom jawaban, semula nihil, menjadi nihil",
        (
            "layanan Pendidikan anak usia dini, kolom tanggal terima, semula Rab, 10 Mar 2027, menjadi Rab, "
            "10 Mar 2027"
        ),
    ]
    assert (
        short(changes=[{"field": f"evidence.{DIGEST}", "before": "", "after": "rekap.pdf"}])
        == "kolom bukti, menjadi rekap.pdf"
    )


def test_a_digest_is_short_in_the_line_and_exact_behind_it() -> None:
    assert short(document="laporan", digest=DIGEST, data_digest=DIGEST) == "naskah laporan, sidik 37bc792a"
    assert told({"digests": {f"submission-{CYCLE}-dinkes-tahunan": DIGEST}}) == [
        (f"digests.submission-{CYCLE}-dinkes-tahunan", "Dinas Kesehatan: sidik isian", DIGEST, "37bc792a")
    ]


def test_steps_of_a_plan_stand_in_the_order_of_the_sop() -> None:
    planned = {"planned": {"10": "2027-03-01", "2": "2027-02-01"}}
    assert [fact[1:] for fact in told(planned)] == [
        ("Langkah 2: rencana", "2027-02-01", "Sen, 1 Feb 2027"),
        ("Langkah 10: rencana", "2027-03-01", "Sen, 1 Mar 2027"),
    ]


def test_steps_are_called_by_their_names() -> None:
    planned = {"planned": {"dispatch": "2027-03-01", "filling": "2027-02-01"}}
    assert [fact[1:] for fact in told(planned)] == [
        ("Pendampingan pengisian: rencana", "2027-02-01", "Sen, 1 Feb 2027"),
        ("Pengiriman: rencana", "2027-03-01", "Sen, 1 Mar 2027"),
    ]


def test_what_is_empty_is_left_out() -> None:
    assert told({"figure": {"served": 0, "reason": ""}, "services": ["pend.paud", "x"], "cause": None}) == [
        ("services[1]", "Layanan", "pend.paud", "Pendidikan anak usia dini"),
        ("services[2]", "Layanan", "x", "x"),
        ("figure.served", "Terlayani", "0", "0"),
    ]


def test_what_this_version_does_not_know_is_shown_as_it_is_stored() -> None:
    newer = {
        "moon": {"phase": [1, True]},
        "served": "banyak",
        "retain_until": "kelak",
        "mode": ["a"],
        "quality": {"x": {"y": 1.5}},
    }
    assert told(newer) == [
        ("served", "Terlayani", "banyak", "banyak"),
        ("quality.x.y", "quality.x.y", "1.5", "1.5"),
        ("mode[1]", "Kunci", "a", "a"),
        ("retain_until", "Sampai", "kelak", "kelak"),
        ("moon.phase[1]", "moon.phase[1]", "1", "1"),
        ("moon.phase[2]", "moon.phase[2]", "true", "true"),
    ]
    assert short(moon=1) == "moon 1"
    assert title((), PEOPLE) == ""


def test_the_line_stops_in_time_at_the_end_of_a_fact() -> None:
    line = short(**{f"nama{number}": "nilai" for number in range(60)})
    assert len(line) <= LONGEST
    assert line.endswith("nilai …")
    assert short(reason="a" * 400) == f"alasan {'a' * 59}…"
    assert len(short(services=["x" * 80] * 3)) == LONGEST
