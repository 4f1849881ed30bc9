"""The catalogue of the 29 basic services: complete, findable by any of its names,
and refused when it contradicts itself.
"""

from fractions import Fraction
from pathlib import Path

import pytest

from shared.spm.catalogue import HERE, BadCatalogue, current, load

CATALOGUE = current()


def written(tmp_path: Path, before: str, after: str) -> Path:
    text = (HERE / "layanan.toml").read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "layanan.toml"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return path


def test_there_are_29_services_in_six_urusan() -> None:
    counts = {urusan.id: len(CATALOGUE.of_urusan(urusan.id)) for urusan in CATALOGUE.urusan}
    assert counts == {
        "pendidikan": 3,
        "kesehatan": 12,
        "pekerjaan_umum": 2,
        "perumahan_rakyat": 2,
        "trantibumlinmas": 5,
        "sosial": 5,
    }


def test_recipients_weigh_eighty_and_quality_twenty() -> None:
    assert (CATALOGUE.recipients_weight, CATALOGUE.quality_weight) == (Fraction(4, 5), Fraction(1, 5))


def test_six_services_may_be_nihil() -> None:
    allowed = {service.id for service in CATALOGUE.services.values() if service.nihil_allowed}
    assert allowed == {
        "perkim.rumah_bencana",
        "perkim.relokasi",
        "trantib.trantibum",
        "trantib.evakuasi_bencana",
        "trantib.kebakaran",
        "sos.bencana",
    }


@pytest.mark.parametrize(
    "words",
    [
        "kes.odgj_berat",
        "Pelayanan kesehatan  ODGJ berat",
        "pelayanan kesehatan orang dengan gangguan jiwa berat",
        "21",
    ],
)
def test_a_service_is_found_by_id_name_alias_or_outside_code(words: str) -> None:
    found = CATALOGUE.find(words)
    assert found is not None
    assert found.id == "kes.odgj_berat"


def test_an_unknown_name_finds_nothing() -> None:
    assert CATALOGUE.find("jumlah ayam") is None


def test_a_quality_item_keeps_its_outside_code() -> None:
    item = CATALOGUE.services["kes.ibu_hamil"].quality_item("vaksin_td")
    assert item is not None
    assert item.espm == ("KID33",)
    assert CATALOGUE.services["kes.ibu_hamil"].quality_item("tidak_ada") is None


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("recipients = 80", "recipients = 70", "the weights do not add up to 100"),
        ('id = "pend.dasar"', 'id = "pend.paud"', "pend.paud stands twice"),
        ('urusan = "sosial"', 'urusan = "olahraga"', "sos.disabilitas names the unknown urusan 'olahraga'"),
        ('id = "alat_mewarnai"', 'id = "buku_gambar"', "pend.paud has the quality item 'buku_gambar' twice"),
        (
            'group = "sdm"',
            'group = "uang"',
            "pend.paud puts 'kepala_sekolah_s1_d_iv' in the unknown group 'uang'",
        ),
    ],
)
def test_a_contradiction_is_named(tmp_path: Path, before: str, after: str, fault: str) -> None:
    with pytest.raises(BadCatalogue) as refused:
        load(written(tmp_path, before, after))
    assert fault in refused.value.faults
