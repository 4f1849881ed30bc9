"""The sentences of answers about acts (questions 5 to 9), in Indonesian and English.

Role: a part of the verifier (`verifier.py`), joined to it when that is given out; standard library alone.
Previous hop: `verifier_nine.py`. Next hop: a person.
"""

from collections.abc import Mapping

OF_ACTS: Mapping[str, tuple[str, str]] = {
    "copies-same": (
        (
            "{copies} eksemplar dicetak oleh {by}, {day} dari berkas bersidik {digest}: sama dengan "
            "yang disahkan."
        ),
        (
            "{copies} copies printed by {by}, {day} of the file with the digest {digest}: the "
            "one that was endorsed."
        ),
    ),
    "copies-other": (
        (
            "{copies} eksemplar dicetak oleh {by}, {day} dari berkas bersidik {digest}: BUKAN yang "
            "disahkan ({other})."
        ),
        (
            "{copies} copies printed by {by}, {day} of the file with the digest {digest}: NOT "
            "the one that was endorsed ({other})."
        ),
    ),
    "no-copies": (
        "Belum ada cetakan laporan yang dicatat.",
        "No printed copy of the report is recorded yet.",
    ),
    "sent": (
        ("{recipient}: dikirim dengan nomor agenda {agenda_number}, lewat {carrier}, oleh {by}, {day}."),
        ("{recipient}: sent with the agenda number {agenda_number}, through {carrier}, by {by}, {day}."),
    ),
    "not-sent": ("{recipient}: belum dikirim.", "{recipient}: not sent yet."),
    "received": (
        (
            "{recipient}: diterima {received_by} pada {received_on}, nomor {reference}; "
            "dicatat oleh {by}, {day}."
        ),
        (
            "{recipient}: received by {received_by} on {received_on}, number "
            "{reference}; recorded by {by}, {day}."
        ),
    ),
    "no-receipt": (
        "{recipient}: tanda terima belum kembali.",
        "{recipient}: the receipt has not come back.",
    ),
    "receipt-filed": (
        "{recipient}: pindaian tanda terima bersidik {digest} diarsipkan oleh {by}, {day}.",
        "{recipient}: the scan of the receipt with the digest {digest} was filed by {by}, {day}.",
    ),
    "receipt-not-filed": (
        "{recipient}: pindaian tanda terima bersidik {digest} belum diarsipkan.",
        "{recipient}: the scan of the receipt with the digest {digest} is not filed yet.",
    ),
    "overtaken": (
        "{recipient}: digantikan koreksi ke-{correction}, oleh {by}, {day}.",
        "{recipient}: overtaken by correction {correction}, by {by}, {day}.",
    ),
    "dispatch-corrected": (
        ("{recipient}: catatan {field} dibetulkan dari {before} menjadi {after}, oleh {by}, {day}: {reason}"),
        "{recipient}: {field} corrected from {before} to {after}, by {by}, {day}: {reason}",
    ),
    "no-dispatches": ("Belum ada pengiriman yang disiapkan.", "No dispatch is prepared yet."),
    "hole": (
        "Alur {stream} berlubang: versi {version} tidak ada.",
        "The stream {stream} has a hole: version {version} is not there.",
    ),
    "streams-whole": (
        "Ke-{streams} alur siklus ini utuh: {many} baris, setiap alur dari versi 1 tanpa celah.",
        (
            "All {streams} streams of this cycle are whole: {many} lines, each stream from "
            "version 1 without a gap."
        ),
    ),
    "cause-later": (
        "Baris {line} berdiri sebelum penyebabnya.",
        "Line {line} stands before what caused it.",
    ),
    "causes-first": (
        "Tidak satu pun dari {many} baris berdiri sebelum penyebabnya.",
        "None of {many} lines stands before what caused it.",
    ),
    "covered": (
        (
            "Semuanya tercakup titik periksa {size} peristiwa, akar {root}. Seluruh log "
            "diperiksa dengan Verifikasi sekarang, "
            "atau tanpa Jejak dengan ekspor seluruh log dan titik periksa lama dari tangan lain."
        ),
        (
            "All of it is covered by the checkpoint of {size} events, root {root}. The whole log "
            "is checked by Verify now, "
            "or without Jejak by an export of the whole log and an older checkpoint from other hands."
        ),
    ),
    "certified-identical": (
        (
            "Sertifikat putar ulang {certificate}: sampai {size} peristiwa, semua yang dibuat ulang dari log "
            "sama dengan yang tersimpan."
        ),
        (
            "Replay certificate {certificate}: up to {size} events, all that was made again from the log "
            "is what is stored."
        ),
    ),
    "certified-differs": (
        "Sertifikat putar ulang {certificate} ({size} peristiwa) menyebut perbedaan.",
        "Replay certificate {certificate} ({size} events) names differences.",
    ),
    "certified-incomplete": (
        (
            "Sertifikat putar ulang {certificate} ({size} peristiwa): tidak ada perbedaan, tetapi tidak "
            "semuanya dapat dilihat."
        ),
        (
            "Replay certificate {certificate} ({size} events): no difference, but not everything could be "
            "looked at."
        ),
    ),
    "not-certified": (
        "Di antara baris ini tidak ada sertifikat putar ulang.",
        "There is no replay certificate among these lines.",
    ),
    "not-covered": (
        (
            "Baru {covered} dari {many} baris tercakup titik periksa {size} peristiwa, akar "
            "{root}; yang lain belum ditandatangani."
        ),
        (
            "Only {covered} of {many} lines are covered by the checkpoint of {size} events, root "
            "{root}; the others are not signed yet."
        ),
    ),
    "apart": (
        ("{agency} revisi {revision}: disetujui oleh {by}, {day}; dikerjakan oleh {people}: orang lain."),
        ("{agency} revision {revision}: approved by {by}, {day}; worked on by {people}: other persons."),
    ),
    "not-apart": (
        ("{agency} revisi {revision}: disetujui oleh {by}, {day}, yang ikut mengerjakannya ({people})."),
        ("{agency} revision {revision}: approved by {by}, {day}, who worked on it too ({people})."),
    ),
    "endorser-apart": (
        "Laporan disahkan oleh {by}, {day}; terlibat dalam angka dan drafnya: {people}: orang lain.",
        (
            "The report was endorsed by {by}, {day}; involved in its figures and its draft: "
            "{people}: other persons."
        ),
    ),
    "endorser-not-apart": (
        "Laporan disahkan oleh {by}, {day}, yang terlibat dalam angka atau drafnya ({people}).",
        ("The report was endorsed by {by}, {day}, who was involved in its figures or its draft ({people})."),
    ),
    "step-in-time": (
        (
            "Langkah {place} ({step}): tenggat {due}, rencana {planned}, selesai "
            "oleh {by}, {day}: tepat waktu (kalender {calendar})."
        ),
        (
            "Step {place} ({step}): due {due}, planned {planned}, done by {by}, {day}: in "
            "time (calendar {calendar})."
        ),
    ),
    "step-late": (
        (
            "Langkah {place} ({step}): tenggat {due}, rencana {planned}, selesai "
            "oleh {by}, {day}: terlambat {days} hari kerja (kalender {calendar})."
        ),
        (
            "Step {place} ({step}): due {due}, planned {planned}, done by {by}, {day}: "
            "late, in working days: {days} (calendar {calendar})."
        ),
    ),
    "part-late": (
        (
            "Langkah {place} ({step}), bagian {part}: tenggat {due}, selesai oleh {by}, {day}: "
            "terlambat {days} hari kerja (kalender {calendar})."
        ),
        (
            "Step {place} ({step}), part {part}: due {due}, done by {by}, {day}: "
            "late, in working days: {days} (calendar {calendar})."
        ),
    ),
    "step-open": (
        ("Langkah {place} ({step}): tenggat {due}, rencana {planned}; belum selesai (kalender {calendar})."),
        "Step {place} ({step}): due {due}, planned {planned}; not done yet (calendar {calendar}).",
    ),
    "no-steps": ("Belum ada langkah yang dimulai.", "No step has begun yet."),
}
