"""What the fields of our forms are called, for a form that is shown away from its page:
given back, to be read, copied or sent again.

Previous hop: `sent_form`. Fields whose names are made of something (`<service>.<cell>`,
`<recipient>-<field>`) are called by their parts. A service with names of its own says them as
`Service.words`. `tests/unit/test_form_words.py` reads every template: no field is without a word.
"""

from collections.abc import Callable, Mapping

from shared.spm.catalogue import known_services, named
from shared.web.words import step_words
from shared.web.words.field_words import FIELD_WORDS
from shared.web.words.figure_words import ANSWERS, cell_name
from shared.web.words.finding_words import THRESHOLDS
from shared.web.words.i18n import gettext as _
from shared.web.words.i18n import later

Words = Callable[[str], str | None]
"""The name of a field → what a person reads beside it; None for helpers that nobody sees."""

ASKED: Mapping[str, str] = {
    "agency": later("Perangkat daerah"),
    "finding": later("Temuan"),
    "about": later("Temuan"),
    "resolution": later("Catatan penyelesaian"),
    "tingkat": later("Tingkat"),
    "oleh": later("Dilakukan oleh"),
    "pelaku": later("Pelaku"),
    "naskah": later("Naskah atau berkas"),
    "nilai": later("Angka"),
    "jenis": later("Jenis peristiwa"),
    "sejak": later("Dari hari"),
    "hingga": later("Sampai hari"),
    "dari_hari": later("Saat pertama, hari dicatat"),
    "dari_jam": later("Saat pertama, jam (WIB)"),
    "sampai_hari": later("Saat kedua, hari dicatat"),
    "sampai_jam": later("Saat kedua, jam (WIB)"),
    "angka": later("Tanda atau angka"),
    "aturan": later("Aturan"),
    "opd": later("Perangkat daerah"),
    "urusan": later("Urusan"),
    "keadaan": later("Keadaan"),
    "petugas": later("Ditugaskan kepada"),
    "bertanggal": later("Tanggal dokumen"),
    "cell": later("Tentang"),
    "code": later("Kode"),
    "copies": later("Jumlah eksemplar"),
    "decision": later("Pindaian keputusan"),
    "daerah": later("Kode daerah"),
    "diserahkan_pada": later("Tanggal penyerahan"),
    "dicetak_pada": later("Tanggal pencetakan"),
    "dikembalikan_pada": later("Tanggal pengembalian"),
    "disahkan_pada": later("Tanggal pengesahan"),
    "disetujui_pada": later("Tanggal persetujuan"),
    "ditolak_pada": later("Tanggal penolakan"),
    "ditarik_pada": later("Tanggal penarikan"),
    "evidence": later("Berkas bukti"),
    "field": later("Catatan yang keliru"),
    "file": later("Pindaian SK yang ditandatangani"),
    "handed_to": later("Diterima oleh"),
    "kind": later("Menjadi"),
    "number": later("Nomor Keputusan"),
    "occurred_on": later("Tanggal"),
    "of_agency": later("Perangkat daerah"),
    "pilihan": later("Isian"),
    "receipt": later("Pindaian tanda terima"),
    "received_on": later("Diterima tanggal"),
    "reference": later("Nomor surat"),
    "region_name": later("Nama daerah"),
    "services": later("Mendukung layanan"),
    "submissions": later("Isian yang angkanya keliru"),
    "scan": later("Pindaian tanda terima"),
    "signed": later("Pindaian lembar"),
    "tanggal": later("Tanggal"),
    "upload": later("Berkas xlsx atau CSV"),
    "value": later("Yang benar"),
    "year": later("Tahun yang dilaporkan"),
}
"""What a form calls otherwise than the event: it asks, and knows of what."""
SEEN = frozenset({"digest", "sheet", "token"})
"""What a person saw, or what a link holds, carried back in hidden fields."""
FIELDS: Mapping[str, str] = {
    **{name: said for name, said in FIELD_WORDS.items() if name not in SEEN},
    **ASKED,
}
CHOICES: Mapping[tuple[str, str], str] = {
    **{("answer", answer): said for answer, said in ANSWERS.items()},
    ("kind", "holiday"): later("libur"),
    ("kind", "working"): later("hari kerja"),
    **{("threshold", name): said for name, said in THRESHOLDS.items()},
}
NOTE, PLANNED, EXPLAINED = "catatan:", "planned.", "jelas:"
TALKED: Mapping[str, str] = {
    "tanya:": later("Pertanyaan tentang {cell}"),
    "jawab:": later("Jawaban untuk {cell}"),
    "tentang:": later("Tentang"),
}


def word(name: str) -> str | None:
    """The word of a field by its name."""
    if name.startswith(NOTE):
        return _("Catatan untuk {cell}").format(cell=_cell(*name.removeprefix(NOTE).split(":", 1)))
    about, colon, cell = name.partition(":")
    if f"{about}{colon}" in TALKED:
        return _(TALKED[f"{about}:"]).format(cell=_cell(*cell.split(":", 1)))
    if name.startswith(EXPLAINED):
        service, _colon, place = name.removeprefix(EXPLAINED).partition(":")
        return _("Penjelasan untuk {cell}").format(cell=_cell(service, place.partition(":")[2]))
    if name.startswith(PLANNED):
        return _("Rencana langkah: {step}").format(step=step_words.title(name.removeprefix(PLANNED)))
    service = next((known for known in known_services() if name.startswith(f"{known}.")), "")
    if service:
        return _cell(service, name.removeprefix(f"{service}."))
    plain = name.partition(".")[0].rpartition("-")[2]
    return _(FIELDS[plain]) if plain in FIELDS else None


def value_words(name: str, value: str) -> str:
    """What was chosen, as the form writes it; anything else as it was typed."""
    if name in {"service", "services"} and (service := named(value)):
        return service.name
    part = name.rpartition(".")[2]
    if name.endswith("-field") and value in FIELDS:
        return _(FIELDS[value])
    return _(CHOICES[part, value]) if (part, value) in CHOICES else value


def _cell(service: str, field: str = "") -> str:
    """A cell of the sheet: its service and its column."""
    kind = named(service)
    return " – ".join(filter(None, (kind.name if kind else service, cell_name(kind, field))))
