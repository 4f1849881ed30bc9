"""What of a file of the catalogue becomes of it, field by field, and the order that it gives to all."""

from dataclasses import replace
from pathlib import Path

import pytest

from shared.spm.catalogue import (
    HERE,
    BadCatalogue,
    QualityKind,
    Service,
    _lost_services,
    current,
    load,
    quality_in_order,
)

TEXT = (HERE / "layanan.toml").read_text(encoding="utf-8")
HEAD, _, _ = TEXT.partition("[[service]]")
ONE = """[[service]]
id = "pend.dasar"
name = "Pendidikan dasar"
urusan = "pendidikan"
recipients = "Warga negara usia 7-15 tahun"
numerator = "anak yang berpartisipasi"
denominator = "anak di kabupaten"
unit = "orang"
quality_status = "V"
quality = [{ id = "buku_teks", group = "barang_jasa", name = "Buku teks" }]
"""
MORE = """nihil_allowed = true
note = "dua tahun"
aliases = ["SD dan SMP"]
codes = { espm = "KI73" }
"""
BARE = Service(
    id="pend.dasar",
    name="Pendidikan dasar",
    urusan="pendidikan",
    recipients="Warga negara usia 7-15 tahun",
    numerator="anak yang berpartisipasi",
    denominator="anak di kabupaten",
    unit="orang",
    nihil_allowed=False,
    quality=(QualityKind("buku_teks", "barang_jasa", "Buku teks"),),
    quality_status="V",
)


def services(folder: Path, *texts: str) -> list[Service]:
    path = folder / "layanan_try.toml"
    path.write_text(HEAD + "".join(texts), encoding="utf-8")
    return list(load(path).services.values())


def test_a_service_is_as_its_file_has_it(tmp_path: Path) -> None:
    assert services(tmp_path, ONE) == [BARE]


def test_a_service_may_have_other_names_and_a_note_and_an_item_its_outside_codes(tmp_path: Path) -> None:
    text = ONE.replace('name = "Buku teks" }', 'name = "Buku teks", espm = ["KID17"] }')
    assert services(tmp_path, text, MORE) == [
        replace(
            BARE,
            nihil_allowed=True,
            note="dua tahun",
            aliases=("SD dan SMP",),
            codes={"espm": "KI73"},
            quality=(QualityKind("buku_teks", "barang_jasa", "Buku teks", ("KID17",)),),
        )
    ]


def test_the_target_is_everybody() -> None:
    assert load(HERE / "layanan.toml").target_percent == 100


def test_a_refused_file_says_all_its_faults_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadCatalogue, match=r"^pend.dasar stands twice; pend.dasar stands twice$"):
        services(tmp_path, ONE, ONE, ONE)


def test_services_and_their_items_stand_in_the_order_of_the_file_and_unknown_ones_last() -> None:
    catalogue = current()
    assert [catalogue.place(name) for name in list(catalogue.services)[:3]] == [0, 1, 2]
    assert catalogue.place("kes.ayam") == 29
    items = ["perawat", "aaa", "media_kie", "psikofarmaka"]
    assert catalogue.quality_in_order("kes.odgj_berat", items) == [
        "psikofarmaka",
        "media_kie",
        "aaa",
        "perawat",
    ]
    assert catalogue.quality_in_order("kes.ayam", items) == sorted(items)
    assert quality_in_order(None, items) == sorted(items)


def test_a_service_that_two_versions_leave_out_is_retired_by_both() -> None:
    first = current()
    rest = {name: service for name, service in first.services.items() if name != "kes.lansia"}
    second, third = (
        replace(first, version=version, services=rest, retired=frozenset({"kes.lansia"}))
        for version in (2, 3)
    )
    assert list(_lost_services([first, second, third])) == []
    assert list(_lost_services([first, second, replace(third, retired=frozenset())])) == [
        "version 3 has no kes.lansia, and does not retire it"
    ]
