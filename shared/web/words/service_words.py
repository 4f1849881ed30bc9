"""What services and streams are called where a person reads of them: the four services by their places in the
navigation, a stream by what it is about. Their own names stand beside it, to be copied.

Every SOP step. Previous hop: a page of messages or of the audit trail. Next hop: a person.
"""

from collections.abc import Mapping

from shared.web.words.i18n import gettext, later

SERVICE_WORDS: Mapping[str, str] = {
    "intake": later("Isian"),
    "verification": later("Verifikasi"),
    "documents": later("Dokumen"),
    "archive": later("Arsip"),
}
STREAM_WORDS: Mapping[str, str] = {
    "cycle": later("siklus"),
    "step": later("langkah"),
    "submission": later("isian"),
    "agency": later("perangkat daerah"),
    "settings": later("kalender"),
    "rules": later("aturan angka"),
    "finding": later("temuan"),
    "people": later("pegawai"),
    "login": later("akun penyedia"),
    "account": later("akun lokal"),
    "token": later("token"),
    "verification": later("verifikasi"),
    "assignment": later("penugasan verifikator"),
    "round": later("persetujuan siklus"),
    "endorsement": later("pengesahan"),
    "document": later("dokumen"),
    "dispatch": later("pengiriman"),
    "item": later("berkas arsip"),
    "cyclefile": later("arsip siklus"),
    "store": later("penyimpanan"),
    "replay": later("pemutaran ulang"),
    "certificate": later("sertifikat"),
}
"""By the first word of a stream's name."""


def service_word(service: str) -> str:
    """What a service is called; one of a newer Jejak by its own name."""
    return gettext(SERVICE_WORDS.get(service, service))


def stream_word(stream: str) -> str:
    """What a stream is about; nothing for one of a newer Jejak."""
    return gettext(STREAM_WORDS.get(stream.partition("-")[0], ""))
