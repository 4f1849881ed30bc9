"""How tasks read: what is to be done, why it is asked now, and what others are waited for.

Serves every SOP step. Previous hop: `board/tasks.py`. Next hop: home, board and step page.
"""

from collections.abc import Mapping

from fastapi import Request

from services.intake.board.tasks import Awaited, Task
from services.intake.wording import Wording
from shared.web.regions import region_of_request
from shared.web.running import running_of
from shared.web.words.document_words import recipient
from shared.web.words.i18n import gettext, later, ngettext
from shared.web.words.step_words import short

TODO: Mapping[str, str] = {
    "record": later("Catat langkah {step}: {name}"),
    "draft_decree": later("Susun draf SK Tim SPM"),
    "hand_over": later("Serahkan draf SK kepada Bagian Hukum"),
    "decree": later("Catat nomor dan tanggal SK Tim SPM"),
    "fill": later("Isi dan serahkan isian {about}"),
    "mend": later("Perbaiki isian {about} yang dikembalikan"),
    "correct": later("Perbaiki isian {about} untuk koreksi"),
    "again": later("Serahkan ulang isian {about}"),
    "verify": later("Verifikasi isian {about}"),
    "report": later("Susun draf laporan"),
    "report_refused": later("Susun ulang laporan yang ditolak"),
    "report_stale": later("Susun ulang laporan dari angka yang baru"),
    "endorse": later("Sahkan atau tolak laporan"),
    "letter": later("Susun surat pengantar untuk {about}"),
    "print": later("Cetak laporan dan catat eksemplarnya"),
    "send": later("Kirim laporan kepada {about}"),
    "receipt": later("Catat tanda terima {about}"),
    "archive": later("Lengkapi arsip, lalu tutup siklus"),
    "preparing": later("langkah {step}, {name}, sedang disiapkan"),
}
WHY: Mapping[str, str] = {
    "": later("Langkah {step}: {name}."),
    "decree": later("Tim harus ada menurut hukum sebelum verifikasi; langkah lain tidak ditahan."),
    "returned": later("Dikembalikan Tim SPM: {reason}"),
    "corrected": later("Dibuka untuk koreksi resmi: {reason}"),
    "taken_back": later("Ditarik kembali: {reason}"),
    "handed_in": later("Diserahkan {day}, revisi {revision}."),
    "handed_in_late": later("Diserahkan {day}, revisi {revision}: {late}."),
    "refused": later("Pengesahan ditolak: {reason}"),
    "stale": later("Angka di balik draf revisi {revision} tidak berlaku lagi."),
    "drafted": later("Draf revisi {revision} oleh {by}, {day}."),
    "receipts_out": later("Tanda terima {recipients} belum kembali; yang lain sudah dapat diarsipkan."),
    "sent": later("Dikirim {day}; tanda terimanya belum kembali."),
}
FEW = 3


class TaskWording(Wording):
    """The words of rows, and those of tasks."""

    def task(self, task: Task, about: str = "") -> str:
        """What is to be done: act and object."""
        return gettext(TODO[task.act]).format(
            about=about or self._about(task), step=task.step.step.number, name=self._name(task)
        )

    def why(self, task: Task) -> str:
        """Why it is asked now."""
        facts = {name: self.fact(name, value) for name, value in task.facts.items()}
        late = task.facts.get("late", "")
        key = "handed_in_late" if task.why == "handed_in" and late else task.why
        return gettext(WHY[key]).format(
            **{**facts, "late": late, "step": task.step.step.number, "name": self._name(task)}
        )

    def awaited(self, awaited: Awaited) -> str:
        """What is to be done by others: `Verifikasi isian Dinas Kesehatan, Dinas Sosial dan 4 lainnya`."""
        names = [self._about(task) for task in awaited.tasks if task.about]
        more = len(names) - FEW
        listed = ", ".join(names[:FEW]) + (
            ngettext(" dan {n} lainnya", " dan {n} lainnya", more).format(n=more) if more > 0 else ""
        )
        return self.task(awaited.first, listed)

    def _name(self, task: Task) -> str:
        return short(task.step.step)

    def _about(self, task: Task) -> str:
        return recipient(task.about)


def words_of(request: Request) -> TaskWording:
    """The words of the region that this request shows."""
    return TaskWording(running_of(request).people, region_of_request(request))
