"""Events in the words of the office, for the trail. One sentence per declared event; what this version does not know is shown by its name.

Every SOP step. Previous hop: `log_pages.py`. Next hop: a person.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.web.i18n import gettext, later

WORDS: Mapping[tuple[str, str], str] = {
    ("intake", "cycle-opened"): later("Siklus dibuka"),
    ("intake", "step-started"): later("Langkah dimulai"),
    ("intake", "step-part-done"): later("Sebagian langkah selesai"),
    ("intake", "step-completed"): later("Langkah selesai"),
    ("intake", "submission-opened"): later("Isian dibuka"),
    ("intake", "figure-entered"): later("Angka diisi"),
    ("intake", "evidence-attached"): later("Bukti dilampirkan"),
    ("intake", "evidence-withdrawn"): later("Bukti dicabut"),
    ("intake", "submission-received"): later("Isian diserahkan"),
    ("intake", "submission-reopened"): later("Isian dibuka lagi"),
    ("intake", "agency-registered"): later("Perangkat daerah didaftarkan"),
    ("intake", "service-assigned"): later("Layanan ditugaskan"),
    ("intake", "calendar-changed"): later("Kalender kerja diubah"),
    ("verification", "verification-opened"): later("Verifikasi dibuka"),
    ("verification", "verification-withdrawn"): later("Isian ditarik dari verifikasi"),
    ("verification", "submission-returned"): later("Isian dikembalikan"),
    ("verification", "submission-approved"): later("Isian disetujui"),
    ("verification", "approval-voided"): later("Persetujuan gugur"),
    ("verification", "approval-required"): later("Persetujuan diperlukan"),
    ("verification", "approval-counted"): later("Persetujuan dihitung"),
    ("verification", "approval-uncounted"): later("Persetujuan tidak dihitung lagi"),
    ("verification", "all-submissions-approved"): later("Semua isian disetujui"),
    ("verification", "figures-settled"): later("Angka laporan ditetapkan"),
    ("verification", "figures-unsettled"): later("Angka laporan tidak tetap lagi"),
    ("verification", "endorsement-requested"): later("Pengesahan diminta"),
    ("verification", "report-endorsed"): later("Laporan disahkan"),
    ("verification", "endorsement-refused"): later("Pengesahan ditolak"),
    ("documents", "document-opened"): later("Dokumen dibuka"),
    ("documents", "figures-released"): later("Angka dilepas untuk laporan"),
    ("documents", "figures-withdrawn"): later("Angka ditarik dari laporan"),
    ("documents", "document-drafted"): later("Draf dokumen selesai"),
    ("documents", "document-handed-over"): later("Draf diserahkan ke Bagian Hukum"),
    ("documents", "team-decree-issued"): later("SK Tim SPM ditetapkan"),
    ("documents", "document-settled"): later("Naskah final ditetapkan"),
    ("documents", "copies-printed"): later("Laporan digandakan"),
    ("documents", "dispatch-item-ready"): later("Berkas kiriman siap"),
    ("documents", "dispatch-item-withdrawn"): later("Berkas kiriman ditarik"),
    ("documents", "dispatch-queued"): later("Pengiriman disiapkan"),
    ("documents", "dispatch-sent"): later("Laporan dikirim"),
    ("documents", "receipt-recorded"): later("Tanda terima dicatat"),
    ("documents", "dispatch-corrected"): later("Catatan pengiriman dibetulkan"),
    ("archive", "store-probed"): later("Penyimpanan diuji"),
    ("archive", "item-expected"): later("Berkas ditunggu arsip"),
    ("archive", "item-filed"): later("Berkas diarsipkan"),
    ("archive", "item-sealed"): later("Kunci berkas ditetapkan"),
    ("archive", "hard-copy-filed"): later("Naskah asli disimpan"),
    ("archive", "cycle-archived"): later("Siklus ditutup"),
}
LONGEST = 160
SAID_ELSEWHERE = ("cycle", "by", "occurred_on", "cause.", "file.media_type", "file.size", "object_", "figures.")


def words_of(source: str, kind: str) -> str:
    """An event type in words."""
    known = WORDS.get((source, kind))
    return gettext(known) if known else f"{source}.{kind}"


def understood(search: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The words of a search line (at most six), each with the event types that it may mean: `angka` means figure-entered too."""
    return tuple((word, tuple(kind for (_, kind), said in WORDS.items() if word.lower() in _spoken(said))) for word in search.split()[:6])


def _spoken(sentence: str) -> str:
    return f"{sentence} {gettext(sentence)}".lower()


def facts(data: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """The data of an event as flat pairs of name and text, in order: `figure.served` → `4075`."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield from facts(value, f"{prefix}.{name}" if prefix else name)
    elif isinstance(data, list):
        for number, value in enumerate(data, start=1):
            yield from facts(value, f"{prefix}[{number}]")
    elif data not in (None, ""):
        yield prefix, str(data)


def in_short(data: Any) -> str:
    """The first facts of an event in one line, for the trail."""
    text = ", ".join(f"{name} {value}" for name, value in facts(data) if not name.startswith(SAID_ELSEWHERE) and len(value) <= 48)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
