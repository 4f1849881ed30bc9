"""Events in the words of the office, for the trail. One sentence per declared event;
what this version does not know is shown by its name.

Every SOP step. Previous hop: `trail/pages.py`. Next hop: a person.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from services.archive.trail import field_values
from shared.access.people import People
from shared.service_names import SERVICES
from shared.web.words.i18n import gettext, later

WORDS: Mapping[tuple[str, str], str] = {
    ("intake", "cycle-opened"): later("Siklus dibuka"),
    ("intake", "cycle-withdrawn"): later("Siklus ditarik"),
    ("intake", "step-started"): later("Langkah dimulai"),
    ("intake", "step-part-done"): later("Sebagian langkah selesai"),
    ("intake", "step-parts-changed"): later("Yang ditunggu langkah berubah"),
    ("intake", "step-completed"): later("Langkah selesai"),
    ("intake", "step-reopened"): later("Langkah dibuka lagi"),
    ("intake", "step-withdrawn"): later("Langkah pertama ditarik"),
    ("intake", "due-date-revised"): later("Tenggat disesuaikan dengan kalender"),
    ("intake", "submission-opened"): later("Isian dibuka"),
    ("intake", "figure-entered"): later("Angka diisi"),
    ("intake", "signed-sheet-attached"): later("Lembar isian bertanda tangan dilampirkan"),
    ("intake", "evidence-attached"): later("Bukti dilampirkan"),
    ("intake", "evidence-withdrawn"): later("Bukti dicabut"),
    ("intake", "warning-explained"): later("Peringatan dijelaskan"),
    ("intake", "finding-assigned"): later("Temuan ditugaskan"),
    ("intake", "finding-resolved"): later("Temuan dinyatakan selesai"),
    ("intake", "submission-received"): later("Isian diserahkan"),
    ("intake", "submission-reopened"): later("Isian dibuka lagi"),
    ("intake", "services-handed-over"): later("Layanan dialihkan"),
    ("intake", "services-taken-over"): later("Layanan diterima"),
    ("intake", "agency-registered"): later("Perangkat daerah didaftarkan"),
    ("intake", "service-assigned"): later("Layanan ditugaskan"),
    ("intake", "calendar-changed"): later("Kalender kerja diubah"),
    ("intake", "threshold-set"): later("Ambang aturan ditetapkan"),
    ("intake", "population-recorded"): later("Penduduk acuan dicatat"),
    ("intake", "person-registered"): later("Pegawai didaftarkan"),
    ("intake", "person-changed"): later("Data pegawai diubah"),
    ("intake", "person-left"): later("Pegawai berhenti"),
    ("intake", "office-given"): later("Jabatan diberikan"),
    ("intake", "office-ended"): later("Jabatan berakhir"),
    ("intake", "login-requested"): later("Akun minta dihubungkan"),
    ("intake", "login-joined"): later("Akun dihubungkan"),
    ("intake", "login-parted"): later("Hubungan akun diputuskan"),
    ("intake", "account-invited"): later("Undangan akun lokal dibuat"),
    ("intake", "account-activated"): later("Akun lokal aktif"),
    ("intake", "password-changed"): later("Kata sandi diganti"),
    ("intake", "second-factor-set"): later("Faktor kedua dipasang"),
    ("intake", "second-factor-removed"): later("Faktor kedua dihapus"),
    ("intake", "recovery-asked"): later("Pemulihan akun diminta"),
    ("intake", "recovery-approved"): later("Pemulihan akun disetujui"),
    ("intake", "recovery-refused"): later("Pemulihan akun ditolak"),
    ("intake", "account-closed"): later("Akun lokal ditutup"),
    ("intake", "token-given"): later("Token diberikan"),
    ("intake", "token-renewed"): later("Token diperbarui"),
    ("intake", "token-ended"): later("Token diakhiri"),
    ("verification", "verification-opened"): later("Verifikasi dibuka"),
    ("verification", "verification-withdrawn"): later("Isian ditarik dari verifikasi"),
    ("verification", "submission-returned"): later("Isian dikembalikan"),
    ("verification", "submission-approved"): later("Isian disetujui"),
    ("verification", "approval-voided"): later("Persetujuan gugur"),
    ("verification", "approval-withdrawn"): later("Persetujuan ditarik kembali"),
    ("verification", "question-asked"): later("Pertanyaan tentang angka"),
    ("verification", "question-answered"): later("Pertanyaan dijawab"),
    ("verification", "question-settled"): later("Percakapan selesai"),
    ("verification", "figure-accepted"): later("Angka layanan diterima"),
    ("verification", "verifier-assigned"): later("Isian ditugaskan kepada verifikator"),
    ("verification", "approval-required"): later("Persetujuan diperlukan"),
    ("verification", "approval-counted"): later("Persetujuan dihitung"),
    ("verification", "approval-uncounted"): later("Persetujuan tidak dihitung lagi"),
    ("verification", "approval-released"): later("Persetujuan tidak ditunggu lagi"),
    ("verification", "all-submissions-approved"): later("Semua isian disetujui"),
    ("verification", "figures-settled"): later("Angka laporan ditetapkan"),
    ("verification", "figures-unsettled"): later("Angka laporan tidak tetap lagi"),
    ("verification", "endorsement-held"): later("Pengesahan ditahan sampai langkah sebelumnya selesai"),
    ("verification", "endorsement-admitted"): later("Pengesahan boleh dimulai"),
    ("verification", "endorsement-requested"): later("Pengesahan diminta"),
    ("verification", "report-endorsed"): later("Laporan disahkan"),
    ("verification", "endorsement-refused"): later("Pengesahan ditolak"),
    ("verification", "endorsement-withdrawn"): later("Pengesahan ditarik kembali"),
    ("documents", "document-opened"): later("Dokumen dibuka"),
    ("documents", "figures-released"): later("Angka dilepas untuk laporan"),
    ("documents", "figures-withdrawn"): later("Angka ditarik dari laporan"),
    ("documents", "document-drafted"): later("Draf dokumen selesai"),
    ("documents", "document-handed-over"): later("Draf diserahkan ke Bagian Hukum"),
    ("documents", "team-decree-issued"): later("SK Tim SPM ditetapkan"),
    ("documents", "document-settled"): later("Naskah final ditetapkan"),
    ("documents", "draft-restored"): later("Draf berlaku lagi"),
    ("documents", "settlement-withdrawn"): later("Naskah final ditarik kembali"),
    ("documents", "copies-printed"): later("Laporan digandakan"),
    ("documents", "dispatch-item-ready"): later("Berkas kiriman siap"),
    ("documents", "dispatch-item-withdrawn"): later("Berkas kiriman ditarik"),
    ("documents", "dispatch-queued"): later("Pengiriman disiapkan"),
    ("documents", "dispatch-sent"): later("Laporan dikirim"),
    ("documents", "receipt-recorded"): later("Tanda terima dicatat"),
    ("documents", "dispatch-corrected"): later("Catatan pengiriman dibetulkan"),
    ("documents", "correction-decided"): later("Koreksi resmi diputuskan"),
    ("documents", "document-reopened"): later("Surat dibuka lagi untuk koreksi"),
    ("documents", "dispatch-overtaken"): later("Kiriman digantikan oleh koreksi"),
    ("documents", "dispatch-reopened"): later("Kiriman koreksi dibuka"),
    ("verification", "correction-admitted"): later("Isian dibuka untuk koreksi"),
    ("archive", "correction-expected"): later("Arsip menunggu koreksi"),
    ("archive", "certificate-asked"): later("Sertifikat putar ulang diminta"),
    ("archive", "statement-taken"): later("Pernyataan layanan diterima untuk sertifikat"),
    ("archive", "certificate-given-up"): later("Sertifikat putar ulang dihentikan"),
    ("archive", "certificate-issued"): later("Sertifikat putar ulang terbit"),
    **{(service, "replay-compared"): later("Layanan diputar ulang dan dibandingkan") for service in SERVICES},
    ("archive", "store-probed"): later("Penyimpanan diuji"),
    ("archive", "item-expected"): later("Berkas ditunggu arsip"),
    ("archive", "item-filed"): later("Berkas diarsipkan"),
    ("archive", "item-sealed"): later("Kunci berkas ditetapkan"),
    ("archive", "hard-copy-filed"): later("Naskah asli disimpan"),
    ("archive", "cycle-archived"): later("Siklus ditutup"),
}
LONGEST = 160
LONGEST_VALUE = 60
MOST_LISTED = 3
SAID_ELSEWHERE = frozenset(
    {
        "cycle",
        "by",
        "occurred_on",
        "agency",
        "agency_name",
        "cause",
        "figures",
        "digests",
        "basis",
        "data_digest",
        "template_digest",
    }
    | {"engine", "object_key", "object_version"}
)
SAID_BY = {
    "kind": ("document", "item"),
    "file": ("item",),
    "dispatch": ("recipient",),
    "submission": ("agency",),
}
"""Fields that the line leaves out where another one says the same."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of an event: where it stands in the data and its exact value as stored;
    what it is called and how it reads.
    """

    path: tuple[str | int, ...]
    stored: str
    title: str
    value: str

    @property
    def name(self) -> str:
        """`figure.served`, `services[1]`."""
        return "".join(
            f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path
        ).removeprefix(".")


def words_of(source: str, kind: str) -> str:
    """An event type in words."""
    known = WORDS.get((source, kind))
    return gettext(known) if known else f"{source}.{kind}"


def facts(data: Any, people: People) -> Iterator[Fact]:
    """The data of an event, flat, in the order in which a person wants to know it; without what is empty."""
    return _facts(data, people, (), "", "")


def _facts(
    data: Any, people: People, path: tuple[str | int, ...], field: str, service: str
) -> Iterator[Fact]:
    """`field` and `service`: the cell and the basic service that the facts speak of,
    where something around them says so.
    """
    if isinstance(data, dict):
        field, service = str(data.get("field") or ""), str(data.get("service") or service)
        for name in field_values.in_order(path, data, service):
            of = name if path[-1:] == ("figures",) else service
            yield from _facts(data[name], people, (*path, name), field, of)
    elif isinstance(data, list):
        for number, value in enumerate(data, start=1):
            yield from _facts(value, people, (*path, number), field, service)
    elif data not in (None, ""):
        stored = data if isinstance(data, str) else json.dumps(data)
        fact = Fact(
            path, stored, field_values.title(path, people), field_values.plain(path, data, people, field)
        )
        yield fact if fact.title else Fact(path, stored, fact.name, stored)


def in_short(data: Any, people: People) -> str:
    """The first facts of an event in one line, for the trail; an exact digest, and what the line above says,
    stay on the page of the event.
    """
    text = ""
    for title, told in groupby(
        (fact for fact in facts(data, people) if not _said_elsewhere(fact.path, data)),
        key=lambda fact: fact.title,
    ):
        said = f"{field_values.lowered(title)} {_listed([_cut(fact.value) for fact in told])}"
        if len(text) + len(said) > LONGEST - 4:
            return f"{text} …" if text else _cut(said, LONGEST)
        text = f"{text}, {said}" if text else said
    return text


def _said_elsewhere(path: Sequence[str | int], data: Mapping[str, Any]) -> bool:
    names, _ = field_values.split(path)
    inside = len(names) > 1 and names[-1] in {"digest", "media_type", "size"}
    return inside or names[0] in SAID_ELSEWHERE or any(name in data for name in SAID_BY.get(names[0], ()))


def _listed(values: Sequence[str]) -> str:
    more = len(values) - MOST_LISTED
    return " / ".join([*values[:MOST_LISTED], *([f"+{more}"] if more > 0 else [])])


def _cut(text: str, most: int = LONGEST_VALUE) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
