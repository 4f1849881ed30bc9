"""The fields of events in the words of the office: how the value of each reads, by what it is called.

Every SOP step. Previous hop: `trail/event_words.py`. Next hop: a person.
A field or a value of a newer version stays as it was stored.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from services.archive import streams
from shared.access.people import ROLES, People
from shared.spm.catalogue import known_services, named, quality_in_order
from shared.web.words import document_words, formats, step_words
from shared.web.words.field_words import FIELD_WORDS
from shared.web.words.figure_words import ANSWERS
from shared.web.words.finding_words import THRESHOLDS
from shared.web.words.i18n import gettext, later

Reader = Callable[[Any, People], str]

SAID: Mapping[str, str] = {
    "surat_pengantar": later("surat pengantar"),
    "tanda_terima": later("tanda terima"),
    "bukti": later("bukti"),
    "keputusan_koreksi": later("keputusan koreksi"),
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
    "totp": later("aplikasi kode"),
    "passkey": later("kunci sandi"),
    "identical": later("sama"),
    "differs": later("berbeda"),
    "incomplete": later("tidak lengkap"),
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


def _beginning(value: Any, _people: People) -> str:
    return str(value[:8])


def _agency(value: Any, people: People) -> str:
    return people.agency_name(value)


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
    "facts": lambda key, _: key,
    "figures": _service,
    "quality": _quality,
    "digests": _about,
    "basis": _about,
    "planned": _step,
}
"""Fields that hold a table, and how a key of that table reads."""

READERS: Mapping[str, Reader] = {
    "report_due": _day,
    "agency": _agency,
    "service": _service,
    "services": _service,
    "held": _service,
    "taker": _agency,
    "giver": _agency,
    "valid_from": _day,
    "valid_until": _day,
    "person": _person,
    "acting_for": _person,
    "holder": _person,
    "role": lambda value, _people: ROLES.get(value, str(value)),
    "login": _beginning,
    "means": _said,
    "factor": _beginning,
    "step": lambda value, _people: step_words.value(str(value)),
    "part": _said,
    "counted_from": _day,
    "duration": lambda value, _: formats.duration(value),
    "parts": _said,
    "planned": _day,
    "document": _about,
    "item": _said,
    "items": _said,
    "dispatch": _about,
    "recipient": _said,
    "submission": _about,
    "entitled": _number,
    "served": _number,
    "budget": _number,
    "realised": _number,
    "answer": _said,
    "field": _cell,
    "required": _number,
    "assignee": _person,
    "threshold": lambda value, _people: gettext(THRESHOLDS.get(value, str(value))),
    "limit": _number,
    "population": _number,
    "fulfilled": _number,
    "received_by": _text,
    "copies": _number,
    "mode": _said,
    "retain_until": _day,
    "day": _day,
    "kind": _said,
    "skipped.day": _day,
    "checks": _number,
    "at": lambda value, _: formats.moment(value),
    "checkpoint_size": _number,
    "verdict": _said,
    "events": _number,
    "differing": _number,
    "contributors": _person,
    "verifiers": _person,
    "involved": _person,
    "size": lambda value, _: formats.size(value),
    "period": _said,
    "sheet": _beginning,
    "digests": _beginning,
    "basis": _beginning,
}
"""How the values of a field read whose name does not say it."""


def _reader_of(name: str) -> Reader:
    """By the end of its name: `…by` is a person, `…_on` a day, `…digest` is shown by its beginning."""
    if name in READERS:
        return READERS[name]
    last = name.rpartition(".")[2]
    if last == "by" or last.endswith("_by"):
        return _person
    if last.endswith("_on"):
        return _day
    return _beginning if last.endswith("digest") else _text


FIELDS: Mapping[str, tuple[str, Reader]] = {
    name: (said, _reader_of(name)) for name, said in FIELD_WORDS.items()
}
"""By field, or by the field that holds it and the field: the word, and how the value reads."""

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
