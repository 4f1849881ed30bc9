"""How rows of the read models read for a person: names instead of ids, dates as written here, in the language of the request.

Serves the pages of every SOP step. Previous hop: `queries.py`. Next hop: the templates.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from fastapi import Request

from services.intake.board.tasks import Awaited, Task
from services.intake.timeline import DOCUMENT, LINES, RECIPIENT
from shared.access.people import People
from shared.contracts.registry import declared
from shared.web.running import running_of
from shared.web.words.formats import day
from shared.web.words.i18n import gettext, later, ngettext
from shared.web.words.step_words import short

SENTENCES: Mapping[tuple[str, str], str] = {
    (declared(event).producer, declared(event).name): line.sentence for event, line in LINES.items()
}
PARTS: Mapping[str, str] = {
    "report-endorsed": later("pengesahan laporan"),
    "all-submissions-approved": later("semua isian disetujui"),
    "cycle-archived": later("arsip ditutup"),
    "sk_tim": later("SK Tim SPM"),
    "laporan": later("laporan"),
    "pengantar_gubernur": later("surat pengantar untuk Gubernur"),
    "pengantar_kemendagri": later("surat pengantar untuk Kemendagri"),
    "gubernur": later("Gubernur"),
    "kemendagri": later("Kemendagri"),
}
TODO: Mapping[str, str] = {
    "record": later("Catat langkah {step}: {name}"),
    "draft_decree": later("Susun draf SK Tim SPM"),
    "hand_over": later("Serahkan draf SK kepada Bagian Hukum"),
    "decree": later("Catat nomor dan tanggal SK Tim SPM"),
    "fill": later("Isi dan serahkan isian {about}"),
    "mend": later("Perbaiki isian {about} yang dikembalikan"),
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
    "archive": later("Arsipkan laporan dan tanda terima"),
    "preparing": later("langkah {step}, {name}, sedang disiapkan"),
}
WHY: Mapping[str, str] = {
    "": later("Langkah {step}: {name}."),
    "decree": later("Tim harus ada menurut hukum sebelum verifikasi; langkah lain tidak ditahan."),
    "returned": later("Dikembalikan Tim SPM: {reason}"),
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


class Wording:
    """Fills sentences in with the names that this installation knows."""

    def __init__(self, people: People) -> None:
        self.people = people

    def who(self, person: str) -> str:
        """A person's name."""
        return self.people.name(person)

    def happened(self, row: Mapping[str, Any]) -> str:
        """The sentence of a timeline row."""
        facts = {name: self._fact(name, value) for name, value in row["facts"].items()}
        sentence = SENTENCES[row["source"], row["what"]]
        return gettext(sentence).format(**facts)

    def part(self, name: str) -> str:
        """One of the things that a step waits for."""
        return gettext(PARTS[name]) if name in PARTS else self.people.agency_name(name)

    def parts(self, names: Iterable[str]) -> str:
        """Several of them."""
        return ", ".join(self.part(name) for name in names)

    def task(self, task: Task, about: str = "") -> str:
        """What is to be done: act and object."""
        return gettext(TODO[task.act]).format(about=about or self._about(task), step=task.step.step.number, name=self._name(task))

    def why(self, task: Task) -> str:
        """Why it is asked now."""
        facts = {name: self._fact(name, value) for name, value in task.facts.items()}
        late = task.facts.get("late", "")
        key = "handed_in_late" if task.why == "handed_in" and late else task.why
        return gettext(WHY[key]).format(**{**facts, "late": late, "step": task.step.step.number, "name": self._name(task)})

    def awaited(self, awaited: Awaited) -> str:
        """What is to be done by others: `Verifikasi isian Dinas Kesehatan, Dinas Sosial dan 4 lainnya`."""
        names = [self._about(task) for task in awaited.tasks if task.about]
        more = len(names) - FEW
        listed = ", ".join(names[:FEW]) + (ngettext(" dan {n} lainnya", " dan {n} lainnya", more).format(n=more) if more > 0 else "")
        return self.task(awaited.first, listed)

    def _name(self, task: Task) -> str:
        return short(task.step.step)

    def _about(self, task: Task) -> str:
        return gettext(RECIPIENT.get(task.about, task.about))

    def _fact(self, name: str, value: Any) -> str:
        known: Mapping[str, Callable[[Any], str]] = {
            "agency": self.people.agency_name,
            "by": self.who,
            "day": day,
            "due": day,
            "part": self.part,
            "document": lambda kind: gettext(DOCUMENT[kind]),
            "recipients": lambda names: ", ".join(gettext(RECIPIENT.get(name, name)) for name in names),
            "recipient": lambda recipient: gettext(RECIPIENT.get(recipient, recipient)),
        }
        return known[name](value) if name in known else str(value)


def words_of(request: Request) -> Wording:
    """The words of this request's installation."""
    return Wording(running_of(request).people)
