"""The questions, and the sentences of answers about figures, in Indonesian and English; what stands in braces
is said by the lines.

Role: a part of the verifier (`verifier.py`), joined to it when that is given out; standard library alone.
Previous hop: `verifier_nine.py`. Next hop: a person.
"""

from collections.abc import Mapping, Sequence

ASKED: Sequence[tuple[str, str]] = (
    (
        (
            "Dari mana angka yang tercetak ini: revisi isian mana, siapa mengisi, buktinya apa, "
            "siapa memverifikasi?"
        ),
        (
            "Where does this printed number come from: which revision, typed by whom, which "
            "evidence, verified by whom?"
        ),
    ),
    (
        "Apa yang berubah sesudah verifikasi dan sesudah pengesahan, dan siapa menyetujui lagi?",
        "What changed after verification and after endorsement, and who approved it again?",
    ),
    (
        "Dari mana penyebutnya (Berhak): sumber, tanggal, dan dokumennya?",
        "Where does the number of those entitled come from: its source, date and document?",
    ),
    (
        "Samakah angkanya di tempat lain (e-SPM, LPPD, aplikasi kementerian)?",
        "Is it the same number elsewhere (e-SPM, LPPD, the ministry's application)?",
    ),
    (
        "Apakah setiap cetakan dibuat dari laporan yang disahkan?",
        "Was every printed copy made of the report that was endorsed?",
    ),
    (
        "Kapan dikirim, kepada siapa, siapa menerima, dan adakah tanda terimanya?",
        "When was it sent, to whom, who received it, and is the receipt there?",
    ),
    ("Apakah log ini diubah?", "Was the log tampered with?"),
    (
        "Pemisahan tugas: adakah yang memverifikasi pekerjaannya sendiri?",
        "Separation of duties: did anybody verify own work?",
    ),
    (
        "Tenggat: rencana, kenyataan, siapa terlambat berapa hari kerja menurut kalender mana?",
        "Deadlines: planned, actual, who was late by how many working days under which calendar?",
    ),
)
OF_FIGURES: Mapping[str, tuple[str, str]] = {
    "no-report": (
        "Belum ada laporan final dalam siklus ini; yang di bawah ini angka terbaru.",
        "There is no final report of this cycle yet; what follows is the newest figure.",
    ),
    "in-report": (
        "Angka ini tercetak di laporan final bersidik {digest}.",
        "This number is printed in the final report with the digest {digest}.",
    ),
    "not-in-report": (
        (
            "Laporan final bersidik {digest} tidak menyebut dari isian mana angka ini; di bawah "
            "ini yang terbaru disetujui."
        ),
        (
            "The final report with the digest {digest} does not say which submission this is "
            "from; below is what was approved last."
        ),
    ),
    "typed": (
        "{service}: terlayani {served}, berhak {entitled}; diketik oleh {by}, {day}.",
        "{service}: served {served}, entitled {entitled}; typed by {by}, {day}.",
    ),
    "typed-before": (
        "Sebelumnya: terlayani {served}, berhak {entitled}; diketik oleh {by}, {day}.",
        "Before that: served {served}, entitled {entitled}; typed by {by}, {day}.",
    ),
    "not-typed": (
        "{service}: tidak diketik di isian ini.",
        "{service}: not typed in this submission.",
    ),
    "taken-over": (
        "{service} dialihkan dari {giver}, oleh {by}, {day}.",
        "{service} was handed over by {giver}, by {by}, {day}.",
    ),
    "handed-in": (
        "Diserahkan sebagai revisi {revision}, sidik {digest}, oleh {by}, {day}.",
        "Handed in as revision {revision}, digest {digest}, by {by}, {day}.",
    ),
    "evidence": (
        "Bukti “{file}”, sidik {digest}, dilampirkan oleh {by}, {day}.",
        "Evidence “{file}”, digest {digest}, attached by {by}, {day}.",
    ),
    "no-evidence": (
        "Tidak ada bukti yang dilampirkan untuk {service}.",
        "No evidence was attached for {service}.",
    ),
    "approved": (
        ("Isian {agency} revisi {revision}, sidik {digest}, diverifikasi dan disetujui oleh {by}, {day}."),
        (
            "Submission of {agency}, revision {revision}, digest {digest}, verified and "
            "approved by {by}, {day}."
        ),
    ),
    "not-approved": (
        "Belum diverifikasi: tidak ada persetujuan dalam log.",
        "Not verified: there is no approval in the log.",
    ),
    "endorsed": (
        "Laporan bersidik {digest} disahkan oleh {by}, {day}.",
        "The report with the digest {digest} was endorsed by {by}, {day}.",
    ),
    "voided": (
        ("Persetujuan {agency} revisi {revision}, dari {approved_by}, gugur oleh perbuatan {by}: {reason}"),
        (
            "The approval of {agency} revision {revision}, by {approved_by}, became void by an "
            "act of {by}: {reason}"
        ),
    ),
    "taken-back": (
        ("Persetujuan {agency} revisi {revision}, dari {approved_by}, ditarik kembali oleh {by}: {reason}"),
        ("The approval of {agency} revision {revision}, by {approved_by}, was withdrawn by {by}: {reason}"),
    ),
    "cell": (
        "{service}, {field}: {before} menjadi {after}.",
        "{service}, {field}: {before} became {after}.",
    ),
    "approved-again": (
        "Isian {agency} revisi {revision} disetujui lagi oleh {by}, {day}.",
        "Submission of {agency}, revision {revision}, approved again by {by}, {day}.",
    ),
    "not-approved-again": (
        "Isian {agency} sesudah revisi {revision} belum disetujui lagi.",
        "What {agency} handed in after revision {revision} is not approved again.",
    ),
    "endorsement-withdrawn": (
        "Pengesahan ditarik kembali oleh {by}, {day}: {reason}",
        "The endorsement was withdrawn by {by}, {day}: {reason}",
    ),
    "corrected": (
        ("Laporan yang sudah dicetak dikoreksi dengan keputusan nomor {number}, oleh {by}, {day}: {reason}"),
        "The printed report was corrected by the decision {number}, by {by}, {day}: {reason}",
    ),
    "endorsed-again": (
        "Laporan bersidik {digest} disahkan lagi oleh {by}, {day}.",
        "The report with the digest {digest} was endorsed again by {by}, {day}.",
    ),
    "slipped": (
        (
            "{service} dari {agency} diubah oleh {by}, {day} ketika persetujuan revisi {revision} "
            "masih berlaku."
        ),
        ("{service} of {agency} was changed by {by}, {day} while the approval of revision {revision} stood."),
    ),
    "nothing-changed": (
        (
            "Tidak ada yang berubah: tidak satu pun dari {many} persetujuan gugur, dan "
            "pengesahan tidak ditarik kembali."
        ),
        "Nothing changed: none of {many} approvals became void, and no endorsement was withdrawn.",
    ),
    "source": (
        "{service} ({agency}): berhak {entitled}; sumber: {origin}; dokumen: {files}.",
        "{service} ({agency}): entitled {entitled}; source: {origin}; documents: {files}.",
    ),
    "no-source": (
        "{service} ({agency}): berhak {entitled}; sumbernya tidak ditulis; dokumen: {files}.",
        "{service} ({agency}): entitled {entitled}; its source is not written; documents: {files}.",
    ),
    "population": (
        (
            "Pembanding {service}: {population} menurut {source}, keadaan {counted_on}; "
            "dicatat oleh {by}, {day}."
        ),
        ("Reference for {service}: {population} by {source}, as of {counted_on}; recorded by {by}, {day}."),
    ),
    "no-approvals": (
        "Belum ada isian yang disetujui dalam siklus ini.",
        "No submission of this cycle is approved yet.",
    ),
    "elsewhere-unknown": (
        (
            "Jejak tidak membaca e-SPM, LPPD, atau aplikasi kementerian, jadi tidak dapat "
            "mengatakan apakah angkanya sama di sana; "
            "bandingkan dengan laporan final. Yang diketahui Jejak: penjelasan perangkat daerah di bawah ini."
        ),
        (
            "Jejak reads neither e-SPM nor LPPD nor the ministry's application, so it cannot say "
            "whether the number is the same there; "
            "compare with the final report. What Jejak knows: what agencies explained, below."
        ),
    ),
    "explained": (
        "{service} ({agency}), {field}: aturan {rule}; penjelasan {by}: {text}",
        "{service} ({agency}), {field}: rule {rule}; {by} explains: {text}",
    ),
    "no-explanations": (
        ("Tidak ada penjelasan dalam {many} persetujuan: tidak ada yang ditemukan aturan untuk dijelaskan."),
        "No explanation in {many} approvals: the rules found nothing to be explained.",
    ),
}
