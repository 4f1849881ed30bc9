"""The fields of events in the words of the office: what each is called, and how its value reads.
A test walks every declared event.

Every SOP step. Previous hop: `trail/event_words.py`. Next hop: a person.
A field or a value of a newer version stays as it was stored.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from services.archive import streams
from shared.access.people import People
from shared.spm.catalogue import known_services, named, quality_in_order
from shared.web.words import document_words, formats, step_words
from shared.web.words.figure_words import ANSWERS, CELLS, PARTS
from shared.web.words.i18n import gettext, later

Reader = Callable[[Any, People], str]

SAID: Mapping[str, str] = {
    "serah_sk": later("bukti penyerahan draf SK"),
    "surat_pengantar": later("surat pengantar"),
    "tanda_terima": later("tanda terima"),
    "bukti": later("bukti"),
    "hardcopy": later("naskah asli (kertas)"),
    "all-submissions-approved": later("semua isian disetujui"),
    "report-endorsed": later("pengesahan laporan"),
    "cycle-archived": later("arsip ditutup"),
    **ANSWERS,
    "holiday": later("libur"),
    "working": later("hari kerja"),
    "tahunan": later("tahunan"),
    "compliance": later("tetap"),
    "governance": later("dapat dibuka dengan izin khusus"),
    "none": later("tidak ada"),
}
"""Values that a table of the contracts or of the SOP names, by what is stored."""


def _person(value: Any, people: People) -> str:
    return people.name(value)


def _text(value: Any, _people: People) -> str:
    return str(value)


def _said(value: Any, people: People) -> str:
    """A word for an id: a document, an item, a recipient, a kind; else it names an agency,
    or stays as it is.
    """
    return gettext(SAID[value]) if value in SAID else document_words.named(value) or people.agency_name(value)


def _about(value: Any, people: People) -> str:
    """Whom or what a stream is about."""
    return _said(streams.about(value), people)


def _number(value: Any, _people: People) -> str:
    return formats.number(int(value))


def _day(value: Any, _people: People) -> str:
    return formats.day(value)


def _service(value: Any, _people: People) -> str:
    return known_services()[value].name


def _quality(value: Any, _people: People) -> str:
    return next(
        kind.name for service in known_services().values() for kind in service.quality if kind.id == value
    )


def _cell(value: Any, people: People) -> str:
    """A cell that Tim SPM points at, or a fact that was corrected: `quality.buku_gambar.required`."""
    first, *_ = path = str(value).split(".")
    return lowered(title(path[:1] if first == "evidence" else path, people) or str(value))


def _step(value: Any, _people: People) -> str:
    return step_words.title(str(value))


KEYS: Mapping[str, Reader] = {
    "figures": _service,
    "quality": _quality,
    "digests": _about,
    "basis": _about,
    "planned": _step,
}
"""Fields that hold a table, and how a key of that table reads."""

FIELDS: Mapping[str, tuple[str, Reader]] = {
    "cycle": (later("Siklus"), _text),
    "region_name": (later("Daerah"), _text),
    "region": (later("Kode daerah"), _text),
    "year": (later("Tahun"), _text),
    "report_due": (later("Batas lapor"), _day),
    "sop": (later("SOP"), _text),
    "catalogue": (later("Katalog layanan"), _text),
    "agency": (later("OPD"), lambda value, people: people.agency_name(value)),
    "agency_name": (later("Nama OPD"), _text),
    "opens": (later("Diminta mengisi"), _text),
    "name": (later("Nama"), _text),
    "short_name": (later("Nama singkat"), _text),
    "service": (later("Layanan"), _service),
    "services": (later("Layanan"), _service),
    "valid_from": (later("Berlaku sejak"), _day),
    "valid_until": (later("Berlaku sampai"), _day),
    "step": (later("Langkah"), lambda value, _people: step_words.value(str(value))),
    "part": (later("Bagian"), _said),
    "started_on": (later("Mulai"), _day),
    "due": (later("Tenggat"), _text),
    "due_on": (later("Tenggat"), _day),
    "earliest_on": (later("Paling cepat"), _day),
    "counted_from": (later("Dihitung sejak"), _day),
    "duration": (later("Lama"), lambda value, _: formats.duration(value)),
    "parts": (later("Menunggu"), _said),
    "summary": (later("Ringkasan"), _text),
    "planned": (later("Rencana"), _day),
    "document": (later("Naskah"), _about),
    "item": (later("Berkas"), _said),
    "items": (later("Berkas"), _said),
    "dispatch": (later("Pengiriman kepada"), _about),
    "recipient": (later("Penerima"), _said),
    "recipient_name": (later("Nama penerima"), _text),
    "submission": (later("Isian dari"), _about),
    "revision": (later("Revisi"), _text),
    "figure": (later("Angka"), _text),
    "figures": (later("Angka"), _text),
    "entitled": (CELLS["entitled"], _number),
    "served": (CELLS["served"], _number),
    "budget": (CELLS["budget"], _number),
    "realised": (CELLS["realised"], _number),
    "answer": (CELLS["answer"], _said),
    "fields": (later("Catatan"), _text),
    "changes": (later("Perubahan"), _text),
    "field": (later("Kolom"), _cell),
    "before": (later("Semula"), _text),
    "after": (later("Menjadi"), _text),
    "note": (later("Catatan"), _text),
    "reason": (CELLS["reason"], _text),
    "origin": (CELLS["origin"], _text),
    "quality": (CELLS["quality"], _text),
    "required": (PARTS["required"], _number),
    "fulfilled": (PARTS["fulfilled"], _number),
    "number": (later("Nomor"), _text),
    "issued_on": (later("Ditetapkan pada tanggal"), _day),
    "handed_to": (later("Diserahkan kepada"), _text),
    "agenda_number": (later("Nomor agenda"), _text),
    "carrier": (later("Pembawa"), _text),
    "channel": (later("Saluran"), _text),
    "received_by": (later("Diterima oleh"), _text),
    "received_on": (later("Tanggal terima"), _day),
    "reference": (later("Nomor rujukan"), _text),
    "copies": (later("Eksemplar"), _number),
    "location": (later("Tempat"), _text),
    "mode": (later("Kunci"), _said),
    "lock_enforced": (later("Ditegakkan"), _text),
    "retain_until": (later("Sampai"), _day),
    "day": (later("Tanggal"), _day),
    "kind": (later("Jenis"), _said),
    "source": (later("Dasar"), _text),
    "skipped": (later("Tidak dihitung"), _text),
    "skipped.day": (later("Tidak dihitung"), _day),
    "skipped.name": (later("Nama hari"), _text),
    "calendar": (later("Kalender"), _text),
    "store": (later("Penyimpanan"), _text),
    "checks": (later("Pemeriksaan"), _number),
    "failed": (later("Dibiarkan"), _text),
    "at": (later("Waktu"), lambda value, _: formats.moment(value)),
    "checkpoint_size": (later("Peristiwa dalam log"), _number),
    "title": (later("Judul"), _text),
    "verified_by": (later("Diverifikasi oleh"), _person),
    "approved_by": (later("Disetujui oleh"), _person),
    "endorsed_by": (later("Disahkan oleh"), _person),
    "drafted_by": (later("Disusun oleh"), _person),
    "drafted_on": (later("Disusun tanggal"), _day),
    "handed_in_by": (later("Diserahkan oleh"), _person),
    "handed_in_on": (later("Diserahkan tanggal"), _day),
    "entered_by": (later("Diisi oleh"), _person),
    "contributors": (later("Pengisi"), _person),
    "verifiers": (later("Verifikator"), _person),
    "involved": (later("Yang terlibat"), _person),
    "file": (later("Berkas"), _text),
    "file.name": (later("Nama berkas"), _text),
    "file.digest": (later("Sidik berkas"), lambda value, _: value[:8]),
    "evidence": (CELLS["evidence"], _text),
    "evidence.name": (later("Bukti"), _text),
    "evidence.digest": (later("Sidik bukti"), lambda value, _: value[:8]),
    "receipt": (later("Tanda serah"), _text),
    "receipt.name": (later("Tanda serah"), _text),
    "receipt.digest": (later("Sidik tanda serah"), lambda value, _: value[:8]),
    "scan": (later("Pindaian"), _text),
    "scan.name": (later("Pindaian"), _text),
    "scan.digest": (later("Sidik pindaian"), lambda value, _: value[:8]),
    "media_type": (later("Jenis berkas"), _text),
    "size": (later("Ukuran berkas"), lambda value, _: formats.size(value)),
    "period": (later("Periode"), _said),
    "digest": (later("Sidik"), lambda value, _: value[:8]),
    "sheet": (later("Sidik isian"), lambda value, _: value[:8]),
    "digests": (later("Sidik isian"), lambda value, _: value[:8]),
    "basis": (later("Sidik isian"), lambda value, _: value[:8]),
    "data_digest": (later("Sidik data"), lambda value, _: value[:8]),
    "template_digest": (later("Sidik templat"), lambda value, _: value[:8]),
    "engine": (later("Dibuat dengan"), _text),
    "object_key": (later("Alamat objek"), _text),
    "object_version": (later("Versi objek"), _text),
    "by": (later("Oleh"), _person),
    "occurred_on": (later("Terjadi"), _day),
    "cause": (later("Penyebab"), _text),
    "cause.source": (later("Layanan penyebab"), _text),
    "cause.stream": (later("Alur penyebab"), _text),
    "cause.version": (later("Versi penyebab"), _text),
}  # fmt: skip
"""By field, or by the field that holds it and the field: the word, and how the value reads.
In the order in which a person wants to know them.
"""

_RANK: Mapping[str, int] = {name: rank for rank, name in enumerate(FIELDS)}


def split(path: Iterable[str | int]) -> tuple[list[str], list[tuple[str, str]]]:
    """The names of a path, and its keys as (table, key):
    `figures`, `pend.paud`, `served` has two names and one key.
    """
    names: list[str] = []
    keys: list[tuple[str, str]] = []
    is_key = False
    for step in path:
        if isinstance(step, int):
            continue
        if is_key:
            keys.append((names[-1], step))
        else:
            names.append(step)
        is_key = not is_key and step in KEYS
    return names, keys


def known(names: list[str]) -> tuple[str, Reader] | None:
    """The word and the reader of a field; None for one that this version does not know."""
    return FIELDS.get(".".join(names[-2:])) or FIELDS.get(names[-1]) if names else None


def title(path: Iterable[str | int], people: People) -> str:
    """What a field is called: `Buku gambar: dibutuhkan`.
    Empty for a field that this version does not know.
    """
    names, keys = split(path)
    entry = known(names)
    if entry is None:
        return ""
    word = gettext(entry[0])
    about = ": ".join(_read(KEYS[table], key, people) for table, key in keys)
    return f"{about}: {lowered(word)}" if about else word


def plain(path: Iterable[str | int], value: Any, people: People, field: str = "") -> str:
    """A value as a person reads it; `field` is the cell that `before` and `after` speak of."""
    names, _ = split(path)
    entry = known(field.split(".")[-1:] if field and names[-1:] in (["before"], ["after"]) else names)
    if isinstance(value, bool):
        return gettext(later("ya")) if value else gettext(later("tidak"))
    return _read(entry[1], value, people) if entry else str(value)


def rank(name: str) -> int:
    """Where a field stands among the others; one that this version does not know comes last."""
    return _RANK.get(name, len(_RANK))


def in_order(path: Sequence[str | int], names: Iterable[str], service: str) -> list[str]:
    """Fields in the order in which a person wants to know them;
    services and quality items in the order of the form.
    """
    match path[-1:]:
        case ("figures",):
            places = {service: place for place, service in enumerate(known_services())}
            return sorted(names, key=lambda name: (places.get(name, len(places)), name))
        case ("planned",):
            return sorted(names, key=step_words.place)
        case ("quality",):
            return quality_in_order(named(service), names)
        case _:
            return sorted(names, key=rank)


def lowered(words: str) -> str:
    """A word inside a sentence: `Terlayani` → `terlayani`, `SOP` stays."""
    return words[:1].lower() + words[1:] if words[1:2].islower() else words


def _read(reader: Reader, value: Any, people: People) -> str:
    try:
        return reader(value, people)
    except (ArithmeticError, AttributeError, LookupError, StopIteration, TypeError, ValueError):
        return str(value)
