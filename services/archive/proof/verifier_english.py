"""What the verifier says, in English: each of its sentences with the words that stand for it.

Role: a part of the verifier (`verifier.py`), joined to it when that is given out; standard library alone.
Previous hop: `verifier.py`, `proofs.py`. Next hop: a person.
"""

import re
from collections.abc import Callable, Sequence

from services.archive.proof.verifier_certificate import OF_A_CERTIFICATE

Words = str | Callable[[re.Match[str]], str]

ENGLISH: Sequence[tuple[str, Words]] = (
    (r"^TIDAK TERBUKTI: ada yang tidak cocok", "NOT PROVEN: something does not fit"),
    (r"^TIDAK LENGKAP: ada berkas yang kurang", "INCOMPLETE: files are lacking"),
    (r"^TERBUKTI", "PROVEN"),
    (r"^TIDAK DAPAT DIPERIKSA:", "CANNOT BE CHECKED:"),
    (r"Yang tidak terbukti di sini:", "What is not proven here:"),
    (
        r"Titik periksa tidak ditandatangani dengan kunci (\S+)\.",
        r"The checkpoint is not signed with the key \1.",
    ),
    (
        r"Tanda tangan titik periksa bukan dari kunci (\S+)\.",
        r"The signature of the checkpoint is not that of the key \1.",
    ),
    (r"Titik periksa rusak: bukan catatan bertanda tangan", "The checkpoint is damaged: no signed note"),
    (r"Bukan kunci pemeriksa \(nama\+id\+kunci\):", "No verifier key (name+id+key):"),
    (
        r"Kunci pemeriksa rusak: idnya tidak cocok dengan kuncinya:",
        "The verifier key is damaged: its id is not that of the key:",
    ),
    (
        r"Log berisi (\d+) peristiwa, titik periksa menyebut (\d+)\.",
        r"The log holds \1 events, the checkpoint says \2.",
    ),
    (
        r"Isi log bukan yang ditandatangani: ada baris yang diubah, dihapus, digandakan, atau ditukar\.",
        "The log is not the one that was signed: a line was changed, removed, doubled or moved.",
    ),
    (
        r"Ke-(\d+) peristiwa utuh dan urut: akar log sama dengan titik periksa",
        r"All \1 events are whole and in order: the log's root is that of the checkpoint",
    ),
    (
        r"Titik periksa lama \((\d+) peristiwa\) adalah awal dari log ini: tidak ada yang ditulis ulang\.",
        r"The older checkpoint (\1 events) is the beginning of this log: nothing was rewritten.",
    ),
    (
        r"Titik periksa lama dari log lain: (\S+), bukan (\S+)\.",
        r"The older checkpoint is of another log: \1, not \2.",
    ),
    (r"Log mundur: dulu (\d+) peristiwa, sekarang (\d+)\.", r"The log went back: \1 events then, \2 now."),
    (
        r"Riwayat ditulis ulang: (\d+) peristiwa pertama bukan yang dulu ditandatangani\.",
        r"History was rewritten: the first \1 events are not those that were signed then.",
    ),
    (
        r"Baris #(\d+) \((.*?)\) bukan yang ditandatangani: isinya diubah\.",
        r"Line #\1 (\2) is not the one that was signed: it was changed.",
    ),
    (r"Baris #(\d+) sampai #(\d+) dihapus\.", r"Lines #\1 to #\2 were removed."),
    (r"Baris #(\d+) dihapus\.", r"Line #\1 was removed."),
    (
        r"Ekor log dipotong: baris #(\d+) sampai #(\d+) tidak ada\.",
        r"The tail of the log was cut off: lines #\1 to #\2 are not there.",
    ),
    (
        r"Sesudah baris #(-?\d+) disisipkan satu baris yang tidak pernah ditandatangani \((.*?)\)\.",
        r"After line #\1 a line was inserted that was never signed (\2).",
    ),
    (r"Baris #(\d+) digandakan\.", r"Line #\1 was doubled."),
    (r"Baris #(\d+) dan baris #(\d+) ditukar tempatnya\.", r"Lines #\1 and #\2 changed places."),
    (
        r"Urutan baris #(\d+) sampai #(\d+) bukan yang ditandatangani\.",
        r"The order of lines #\1 to #\2 is not the one that was signed.",
    ),
    (r"Masih ada (\d+) tempat lain yang tidak cocok\.", r"\1 other places do not fit either."),
    (
        r"Alur yang pertama tidak bersambung: sebelum (.+?)\.$",
        r"The first stream that does not go on: before \1.",
    ),
    (
        r"Baris mana tepatnya tidak dapat disebut: tidak ada sidik tiap baris untuk dibandingkan\.",
        "Which line exactly cannot be said: there are no hashes of single lines to compare with.",
    ),
    (r"Ekspor ini tidak membawa kunci: berikan --vkey\.", "This export brings no key: give --vkey."),
    (
        r"Ekspor terpotong: baris terakhirnya tidak selesai\.",
        "The export is cut off: its last line does not end.",
    ),
    (
        r"Titik periksa (\S+) \((\d+) peristiwa\) ditandatangani dengan kunci (\S+)\.",
        r"Checkpoint \1 (\2 events) is signed with the key \3.",
    ),
    (r"Tidak terbaca: (.+?) tidak ada\.", r"Cannot be read: \1 is not there."),
    (
        (
            r"Tidak terbaca: (.+?) di dalam zip ini disandi atau dimampatkan dengan cara lain; "
            r"buka zipnya dulu\."
        ),
        r"Cannot be read: \1 in this zip is encrypted, or packed in another way; unpack the zip first.",
    ),
    (
        r"Tidak terbaca sebagai ekspor: ini bagian dari sebuah ekspor; periksa (.+?)\.$",
        r"No export: this is a part of one; check \1.",
    ),
    (
        r"Tidak terbaca sebagai ekspor: ekspornya ada di dalam; periksa (.+?)\.(?=$|\")",
        r"No export: the export is inside; check \1.",
    ),
    (
        r"Tidak terbaca sebagai ekspor: (.+?) tidak memuat (\S+) dan (\S+)\.(?=$|\")",
        r"No export: \1 does not hold \2 and \3.",
    ),
    (
        (
            r"Tidak terbaca sebagai ekspor: (.+?) adalah berkas lain, bukan ekspor; "
            r"berikan folder ekspor atau zip-nya\."
        ),
        r"No export: \1 is some other file; give the folder of an export, or its zip.",
    ),
    (r"Tidak terbaca sebagai ekspor:", "No export:"),
    (r"Tidak terbaca:", "Cannot be read:"),
    (
        (
            r"Bahwa isi peristiwa benar; yang terbukti hanya: tidak berubah sejak ditandatangani\. "
            r"Waktunya adalah jam Jejak sendiri\."
        ),
        (
            "That what events say is true; proven is only: not changed since it was signed. "
            "Their times are those of Jejak's own clock."
        ),
    ),
    (
        r"Ada yang tidak diperlihatkan dari alur yang diperlihatkan, sebelum (.+?)\.$",
        r"Something of a stream that is shown is not shown, before \1.",
    ),
    (
        (
            r"Apa isi (\d+) dari (\d+) peristiwa: dari daerah lain, jadi hanya sidiknya yang ada di sini\. "
            r"Bahwa tidak ada alur daerah ini di antaranya: hanya ekspor seluruh log yang membuktikannya\."
        ),
        (
            r"What \1 of \2 events say: they are of other regions, so only their hashes are here. "
            r"That no stream of this region is among them: only an export of the whole log proves that."
        ),
    ),
    (
        (
            r"Bahwa kuncinya milik arsip: kunci ini dari ekspor sendiri\. Bandingkan dengan yang di kertas "
            r"\(--vkey\)\."
        ),
        "That the key is the archive's: it came with the export. Compare it with the one on paper (--vkey).",
    ),
    (
        (
            r"Bahwa pemegang kunci tidak menulis ulang peristiwa (\d+) ke atas: perlu titik periksa lama "
            r"dari "
            r"tangan lain \(--older\)\."
        ),
        (
            r"That the holder of the key did not rewrite events from \1 on: that takes an older checkpoint "
            r"from "
            r"other hands (--older)."
        ),
    ),
    (
        (
            r"Bahwa pemegang kunci tidak menulis ulang log: perlu titik periksa lama dari tangan lain "
            r"\(--older\)\."
        ),
        (
            "That the holder of the key did not rewrite the log: that takes an older checkpoint from other "
            "hands (--older)."
        ),
    ),
    (
        r"WORM: log ini tidak mencatat uji kunci penyimpanan\.",
        "WORM: this log records no test of the store's locks.",
    ),
    (
        r"WORM: tidak ditegakkan oleh penyimpanan \((.*?)\), menurut uji (\S+)\.",
        r"WORM: not enforced by the store (\1), according to the test of \2.",
    ),
    (
        (
            r"WORM: ditegakkan menurut uji (.+?) \((\d+) pemeriksaan\); keadaan sekarang tidak diperiksa di "
            r"sini\."
        ),
        r"WORM: enforced according to the test of \1 (\2 checks); how it is now is not checked here.",
    ),
    (
        r"(\S.*?): isinya persis (“.*?”|berkas) yang disebut peristiwa (\d+)\.",
        lambda found: (
            f"{found[1]}: exactly {'the file' if found[2] == 'berkas' else found[2]} that event {found[3]} "
            "names."
        ),
    ),
    (
        r"(\S.*?) tidak dikenal log: tidak ada peristiwa yang menyebut sidiknya (\w+)….",
        r"\1 is unknown to the log: no event names its digest \2….",
    ),
    (
        r"(\S.*?): tidak termasuk bukti; tidak ada peristiwa yang menyebutnya\.",
        r"\1: no part of the proof; no event names it.",
    ),
    (
        r"(\S.*?) bernama seperti “(.*?)”, tetapi isinya (“.*?”|berkas) yang disebut peristiwa (\d+)\.",
        lambda found: (
            f"{found[1]} goes by the name of “{found[2]}” but is "
            f"{'the file' if found[3] == 'berkas' else found[3]} that event {found[4]} names."
        ),
    ),
    (
        r"(\S.*?) rusak di dalam zip: isinya tidak dapat dibaca utuh\.",
        r"\1 is damaged inside the zip: it cannot be read whole.",
    ),
    (
        r"(\S+) ditulis ulang oleh program lain \(BOM atau CRLF\); ambil ekspornya sekali lagi\.",
        r"\1 was rewritten by some other program (BOM or CRLF line ends); get the export once more.",
    ),
    (
        r"Tidak di tempatnya atau berganti nama \(di arsip\):",
        "Not in its place, or renamed (in the archive):",
    ),
    (r"Rusak di penyimpanan arsip ketika diekspor:", "Damaged in the archive's store when it was exported:"),
    (
        r"ada di arsip menurut log, tetapi tidak di ekspor ini\.",
        "in the archive according to the log, but not in this export.",
    ),
    (r"(\S+) tidak ada di dalam jawaban ini\.", r"\1 is not in this answer."),
    (r"(\S+) rusak: isinya tidak dapat dibaca\.", r"\1 is damaged: it cannot be read."),
    (r"Baris hilang: (\S+) @(\d+) tidak ada di sini\.", r"A line is missing: \1 @\2 is not here."),
    (
        r"Ke-(\d+) baris ada di log yang ditandatangani, dan setiap alurnya tanpa celah\.",
        r"All \1 lines are in the signed log, and no stream of theirs has a gap.",
    ),
    (
        r"Jawaban \((\d+) kalimat\) adalah yang mengikuti dari baris itu\.",
        r"The answer (\1 sentences) is what follows from these lines.",
    ),
    (
        r"Jumlah baris dan jumlah bukti berbeda: ada baris yang dihapus atau ditambah\.",
        "There are not as many proofs as lines: a line was removed or added.",
    ),
    (
        r"Baris (\S+) bukan yang ditandatangani: isi, tempat, atau buktinya diubah\.",
        r"Line \1 is not the one that was signed: what it says, its place or its proof was changed.",
    ),
    (r"Jawaban dibuat untuk titik periksa lain\.", "The answer was made for another checkpoint."),
    (
        r"Jawaban menyebut baris (\d+), yang tidak ada di sini\.",
        r"The answer names line \1, which is not here.",
    ),
    (
        r"(\S+) bukan jawaban yang mengikuti dari barisnya\.",
        r"\1 is not the answer that follows from its lines.",
    ),
    (
        r"Jawaban tidak dapat dihitung ulang dari barisnya\.",
        "The answer cannot be made again from its lines.",
    ),
    (
        r"Kalimat (\d+) bukan yang mengikuti dari barisnya; yang mengikuti: ",
        r"Sentence \1 is not what follows from its lines; that would be: ",
    ),
    (
        (
            r"Bahwa sesudah baris terakhir setiap alur tidak ada yang lain, dan bahwa hari libur dan pilihan "
            r"dalam jawaban\.json benar: hanya ekspor seluruh log yang membuktikannya\."
        ),
        (
            "That nothing came after the last line of each stream, and that the days off and the choice in "
            "jawaban.json are right: only an export of the whole log proves that."
        ),
    ),
    (r"Sisa program lain, bukan bagian ekspor:", "Left by other programs, no part of the export:"),
)


def english(said: str) -> str:
    """A report in English: sentence by sentence, names and numbers as they are."""
    for sentence, words in (*OF_A_CERTIFICATE, *ENGLISH):
        said = re.sub(sentence, words, said, flags=re.MULTILINE)
    return said
