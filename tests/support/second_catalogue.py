"""A second version of the catalogue, as a later Jejak may bring it beside the first:
the first file with these changes.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shared.spm import catalogue
from shared.spm.catalogue import Catalogue, catalogues, known_services

RENAMED, NEW_NAME, OLD_NAME = "kes.balita", "Pelayanan kesehatan anak balita", "Pelayanan kesehatan balita"
NEW_ITEM, ITEM_NAME = "timbangan_digital", "Timbangan digital"
NIHIL, ADDED = "kes.ibu_hamil", "kes.remaja"
"""A service that may be nihil from version 2 on, and one that version 1 does not have."""
ADDED_NAME = "Pelayanan kesehatan remaja"
OLD_COLUMN, NEW_COLUMN = "Kesehatan", "Sehat"
"""The head of an urusan's column."""
CHANGES = (
    ("version = 1\n", "version = 2\n"),
    ("recipients = 80\nquality = 20\n", "recipients = 60\nquality = 40\n"),
    (f'name_en = "Health"\nshort = "{OLD_COLUMN}"\n', f'name_en = "Health"\nshort = "{NEW_COLUMN}"\n'),
    (f'name = "{OLD_NAME}"\n', f'name = "{NEW_NAME}"\n'),
    (
        '    { id = "formulir_sdidtk_kpsp"',
        (
            f'    {{ id = "{NEW_ITEM}", group = "barang_jasa", name = "{ITEM_NAME}" }},\n    {{ id = '
            '"formulir_sdidtk_kpsp"'
        ),
    ),
    (
        'codes = { espm = "KI78", ipkd = "12" }\n',
        'codes = { espm = "KI78", ipkd = "12" }\nnihil_allowed = true\n',
    ),
    (
        '[[service]]\nid = "kes.usia_dikdas"',
        f"""[[service]]
id = "{ADDED}"
name = "{ADDED_NAME}"
urusan = "kesehatan"
recipients = "Remaja"
numerator = "remaja yang mendapat pelayanan sesuai standar"
denominator = "sasaran remaja"
unit = "orang"
quality_status = "U"
quality = [
    {{ id = "skrining", group = "barang_jasa", name = "Skrining" }},
]

[[service]]
id = "kes.usia_dikdas\"""",
    ),
)


def second() -> str:
    """The text of the second file."""
    text = (catalogue.HERE / "layanan.toml").read_text(encoding="utf-8")
    for before, after in CHANGES:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


@contextmanager
def upgraded(folder: Path) -> Iterator[Catalogue]:
    """Jejak after an upgrade that brings the second version, which is the current one then."""
    text = second()
    shutil.copy(catalogue.HERE / "layanan.toml", folder)
    (folder / "layanan_2.toml").write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(catalogue, "HERE", folder)
        _forget()
        try:
            yield catalogue.current()
        finally:
            patched.undo()
            _forget()


def _forget() -> None:
    catalogues.cache_clear()
    known_services.cache_clear()
