"""Problems that always read the same, whatever it was that went wrong.

An event's way, hop 1. Previous hop: `answering.py`, which says when. Next hop: `middleware/answers.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.web.problems.shape import Problem
from shared.web.words.i18n import gettext as _
from shared.web.words.i18n import later


@dataclass(frozen=True, slots=True)
class Stated:
    """A problem that always reads the same; its sentences are translated when it is given."""

    status: int
    code: str
    title: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def problem(self, headers: Mapping[str, str] | None = None) -> Problem:
        return Problem(
            status=self.status,
            code=self.code,
            title=_(self.title),
            detail=_(self.detail),
            headers={**self.headers, **(headers or {})},
        )

    def __call__(self, _error: Any) -> Problem:
        return self.problem()


NOT_FOUND = Stated(
    404,
    "not-found",
    later("Tidak ditemukan"),
    later("Tidak ada yang dapat ditampilkan di alamat ini untuk Anda."),
)
UNEXPECTED = Stated(
    500,
    "unexpected",
    later("Ada yang salah di pihak Jejak"),
    later("Tidak ada yang hilang. Coba lagi; bila berulang, sampaikan waktu kejadian kepada operator."),
)
OUTAGES: Mapping[str, Stated] = {
    code: Stated(503, code, title, detail, headers={"Retry-After": after})
    for code, title, detail, after in (
        (
            "database-away",
            later("Basis data tidak menjawab"),
            later("Tidak ada yang hilang: yang sudah dicatat tetap ada. Coba lagi sebentar."),
            "5",
        ),
        (
            "store-away",
            later("Penyimpanan berkas tidak menjawab"),
            later("Tidak ada yang berubah. Coba lagi sebentar."),
            "5",
        ),
        (
            "storage-full",
            later("Penyimpanan penuh"),
            later("Tidak ada yang dicatat. Sampaikan kepada operator, lalu coba lagi."),
            "60",
        ),
        (
            "storage-read-only",
            later("Penyimpanan hanya dapat dibaca"),
            later("Tidak ada yang dicatat. Sampaikan kepada operator, lalu coba lagi."),
            "60",
        ),
        (
            "too-slow",
            later("Terlalu lama"),
            later("Permintaan ini memakan waktu terlalu lama dan dihentikan. Persempit, atau coba lagi."),
            "5",
        ),
        (
            "newer-event",
            later("Sedang diperbarui"),
            later(
                "Catatan ini ditulis Jejak yang lebih baru daripada proses ini. Tidak ada yang hilang; "
                "coba lagi sebentar."
            ),
            "5",
        ),
        (
            "too-busy",
            later("Sedang ramai"),
            later("Data ini sedang diubah banyak orang. Coba lagi sebentar."),
            "1",
        ),
    )
}
MOMENTS: Mapping[str, Stated] = {
    code: Stated(status, code, title, detail)
    for status, code, title, detail in (
        (
            409,
            "only-now",
            later("Hanya ada sekarang"),
            later("Yang lampau hanya dapat dilihat. Kembali ke sekarang untuk ini."),
        ),
        (
            422,
            "moment-not-readable",
            later("Waktu tidak terbaca"),
            later("Tulis harinya seperti 17 Feb 2026 atau 17/2/2026, dan jamnya seperti 14.30."),
        ),
        (
            422,
            "moment-not-over",
            later("Waktu itu belum lewat"),
            later("Yang dapat dilihat ialah keadaan pada waktu yang sudah lewat."),
        ),
        (
            422,
            "moment-not-kept",
            later("Keadaan waktu itu tidak tersimpan"),
            later(
                "Keadaan halaman baru disimpan sesudah waktu itu; peristiwanya sendiri ada di Jejak audit."
            ),
        ),
    )
}
BAD_REQUEST = Stated(
    400, "bad-request", later("Permintaan keliru"), later("Permintaan ini tidak dapat dibaca.")
)
BY_STATUS = {
    404: NOT_FOUND,
    405: Stated(
        405, "method-not-allowed", later("Cara ini tidak ada"), later("Alamat ini tidak menerima cara itu.")
    ),
    413: Stated(
        413,
        "too-large",
        later("Kiriman terlalu besar"),
        later(
            "Berkas atau isian melebihi batas: sebuah berkas paling besar 25 MB, sebuah tulisan paling "
            "panjang 4.000 huruf. Perkecil, lalu kirim lagi."
        ),
    ),
    421: Stated(
        421,
        "wrong-host",
        later("Nama alamat tidak dikenal"),
        later("Jejak tidak melayani nama alamat ini. Pakai alamat yang diberikan operator."),
    ),
    428: Stated(
        428,
        "what-was-seen-missing",
        later("Belum disebut apa yang dilihat"),
        later(
            "Sebutkan sidik yang Anda lihat (digest) atau versinya (If-Match), "
            "agar yang diserahkan tidak lain daripada yang dilihat."
        ),
    ),
    503: OUTAGES["store-away"],
    415: Stated(
        415, "unsupported-media-type", later("Jenis isi tidak diterima"), later("Kirim sebagai JSON.")
    ),
}
