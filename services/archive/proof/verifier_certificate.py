"""The replay certificate: its words, made of the lines of the log that it names, and the check of both.

Role: a part of the verifier (`verifier.py`), joined to it when that is given out; standard library alone. The
archive writes a certificate with the same words (`certificate_words`), so that nothing stands in it that no
line says. Previous hop: `verifier.py` with a file. Next hop: `verifier_report.py`.

The file is a signed note (C2SP): words for a person, then one line with what proves them: the checkpoint, and
each line of the log with its RFC 6962 inclusion proof.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from services.archive.proof.verifier_log import Checkpoint, Contradiction, Unusable, open_note, signed_text
from services.archive.proof.verifier_report import Report, limits, plain

TITLE, EVIDENCE = "Sertifikat putar ulang Jejak", "Bukti: "
ANSWERING = ("intake", "verification", "documents", "archive")
VERDICT = {"identical": "SAMA", "differs": "BERBEDA", "incomplete": "TIDAK LENGKAP"}
LONGEST_CERTIFICATE = 1 << 24
OLDER_ELSEWHERE = "Titik periksa lama: bandingkan dengan ekspor log, bukan dengan sertifikat."
NO_NOTE = "Sertifikat rusak: bukan catatan bertanda tangan dengan bukti di dalamnya."

Event = Mapping[str, Any]

in_english = {"SAMA": "IDENTICAL", "BERBEDA": "DIFFERS", "TIDAK LENGKAP": "INCOMPLETE"}.get
OF_A_CERTIFICATE: Sequence[tuple[str, str | Callable[[re.Match[str]], str]]] = (
    (
        r"Sertifikat nomor (\d+) ditandatangani dengan kunci (\S+)\.",
        r"Certificate number \1 is signed with the key \2.",
    ),
    (
        r"Sertifikat tidak ditandatangani dengan kunci (\S+)\.",
        r"The certificate is not signed with the key \1.",
    ),
    (
        r"Tanda tangan sertifikat bukan dari kunci (\S+)\.",
        r"The signature of the certificate is not that of the key \1.",
    ),
    (
        r"Sertifikat rusak: bukan catatan bertanda tangan dengan bukti di dalamnya\.",
        "The certificate is damaged: no signed note with its evidence inside.",
    ),
    (
        r"(\d+) baris yang disebutnya ada di log \((\d+) peristiwa, akar (\w+)…\)\.",
        r"The \1 lines that it names are in the log (\2 events, root \3…).",
    ),
    (
        r"Kata-katanya persis yang dinyatakan keempat layanan\. Putusan: (.+?)\.",
        lambda told: f"Its words are exactly what the four services said. Verdict: {in_english(told[1])}.",
    ),
    (
        r"Kata-kata sertifikat bukan yang dinyatakan baris-baris log\.",
        "The words of the certificate are not what the lines of the log say.",
    ),
    (
        r"Baris yang disebut sertifikat bukan permintaan dan pernyataan keempat layanan\.",
        "The lines that the certificate names are not the request and the statements of the four services.",
    ),
    (
        r"Baris (\d+) yang disebut sertifikat tidak ada di log\.",
        r"Line \1, which the certificate names, is not in the log.",
    ),
    (
        r"Titik periksa lama: bandingkan dengan ekspor log, bukan dengan sertifikat\.",
        "Older checkpoints: compare them with an export of the log, not with a certificate.",
    ),
)
"""In English, as the sentences of `verifier_english.py`."""


def is_certificate(path: Path) -> bool:
    """Whether a file begins as a certificate does."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(64).removeprefix(b"\xef\xbb\xbf").startswith(TITLE.encode())


def certificate_words(origin: str, size: int, root: bytes, asked: Event, said: Sequence[Event]) -> list[str]:
    """What the certificate says: of the log, of who asked, and of what each service said, by those lines."""
    data = asked["data"]
    who = f"oleh {plain(str(data['by']))}" if data["by"] else "oleh jadwal"
    return [
        f"{TITLE} nomor {int(data['certificate'])}",
        f"Log {origin}: {size} peristiwa, akar {root.hex()}",
        f"Diminta {plain(str(asked['recorded_at']))} {who}: {plain(str(data['reason']))}",
        f"Putusan: {VERDICT[verdict_of(said)]}",
        *(line for event in said for line in _of_service(event)),
    ]


def verdict_of(said: Sequence[Event]) -> str:
    """Of all together: one that differs is enough; then one that could not look at everything."""
    if any(_differs(event["data"]) for event in said):
        return "differs"
    return "incomplete" if any(event["data"]["not_compared"] for event in said) else "identical"


def _differs(data: Mapping[str, Any]) -> bool:
    return bool(data["differing"]) or any(table["differing"] for table in data["tables"])


def _of_service(event: Event) -> list[str]:
    data, tables = event["data"], event["data"]["tables"]
    rows = sum(int(table["live"]) for table in tables)
    head = (
        f"{plain(str(event['source']))} (Jejak {plain(str(data['software']))}): {int(data['events'])} "
        f"peristiwa diputar ulang, {len(tables)} tabel, {rows} baris: {VERDICT[verdict_of([event])].lower()}"
    )
    differing = [
        f"  tabel {plain(str(table['table']))}: {int(table['live'])} baris, dari peristiwa "
        f"{int(table['rebuilt'])}; berbeda pada {plain('; '.join(map(str, table['differing'])))}"
        for table in tables
        if table["differing"]
    ]
    named = [f"  {_place(one)}" for one in data["differences"]]
    more = int(data["differing"]) - len(named)
    rest = [f"  dan {more} beda lagi"] if more > 0 else []
    return [
        head,
        *differing,
        *named,
        *rest,
        *(f"  tidak diperiksa: {plain(str(one))}" for one in data["not_compared"]),
    ]


def _place(one: Mapping[str, Any]) -> str:
    event = f" {one['source']} {one['stream']} @{one['version']}" if one["stream"] else ""
    place = f" {one['place']}" if one["place"] else ""
    return plain(f"{one['kind']}:{event}{place}")


def verify_certificate(path: Path, vkey: str | None, older: Sequence[str | Path]) -> Report:
    """Checks a certificate: signature, that the log holds each line that it names, and that its words are
    those of the lines. Raises Unusable where it brings no key.
    """
    report = Report()
    try:
        with path.open("rb") as stream:
            note = stream.read(LONGEST_CERTIFICATE).removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
        report.key = vkey or _own_key(note)
        _check(note.rstrip(b"\n") + b"\n", report)
        report.not_proven += limits(report.size, [], None, 0, own_key=vkey is None)[:-1]
        if older:
            report.not_proven.append(
                "Titik periksa lama: bandingkan dengan ekspor log, bukan dengan sertifikat."
            )
        report.verified = True
    except Contradiction as contradiction:
        report.refuted.append(str(contradiction))
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError):
        report.refuted.append(NO_NOTE)
    return report


def _own_key(note: bytes) -> str:
    try:
        return str(_evidence(note.decode())["vkey"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Unusable("Ekspor ini tidak membawa kunci: berikan --vkey.") from None


def _evidence(text: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(text.partition(f"\n{EVIDENCE}")[2].partition("\n")[0])
    return found


def _check(note: bytes, report: Report) -> None:
    unsigned = (
        f"Sertifikat tidak ditandatangani dengan kunci {report.key}.",
        f"Tanda tangan sertifikat bukan dari kunci {report.key}.",
    )
    text = signed_text(note, report.key, *unsigned)
    evidence = _evidence(text)
    checkpoint = open_note(evidence["checkpoint"].encode(), report.key)
    report.origin, report.size, report.root = checkpoint.origin, checkpoint.size, checkpoint.root.hex()
    asked, *said = [_line(one, checkpoint) for one in evidence["lines"]]
    number = asked["data"]["certificate"]
    report.proven.append(f"Sertifikat nomor {int(number)} ditandatangani dengan kunci {report.key}.")
    _must_belong_together(asked, said)
    report.proven.append(
        f"{len(said) + 1} baris yang disebutnya ada di log ({checkpoint.size} peristiwa, akar "
        f"{report.root[:16]}…)."
    )
    words = certificate_words(*checkpoint, asked, said)
    if text.partition(f"\n{EVIDENCE}")[0].split("\n") != words:
        raise Contradiction("Kata-kata sertifikat bukan yang dinyatakan baris-baris log.")
    report.proven.append(
        f"Kata-katanya persis yang dinyatakan keempat layanan. Putusan: {VERDICT[verdict_of(said)]}."
    )


def _must_belong_together(asked: Event, said: Sequence[Event]) -> None:
    number = asked["data"]["certificate"]
    kinds = [(asked["source"], asked["type"]), *((one["source"], one["type"]) for one in said)]
    wanted = [("archive", "certificate-asked"), *((one, "replay-compared") for one in ANSWERING)]
    if kinds != wanted or any(one["data"]["certificate"] != number for one in said):
        raise Contradiction("Baris yang disebut sertifikat bukan permintaan dan pernyataan keempat layanan.")


def _line(one: Mapping[str, Any], checkpoint: Checkpoint) -> Event:
    line, index = one["line"].encode(), int(one["index"])
    path = [base64.b64decode(each, validate=True) for each in one["proof"]]
    if root_above(sha256(b"\x00" + line).digest(), index, checkpoint.size, path) != checkpoint.root:
        raise Contradiction(f"Baris {index} yang disebut sertifikat tidak ada di log.")
    found: Event = json.loads(line)
    return found


def root_above(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that an inclusion proof leads to (RFC 9162 §2.1.3.2); empty for a proof of another length."""
    at, last, root = index, size - 1, leaf
    if not 0 <= index < size:
        return b""
    for node in path:
        if last == 0:
            return b""
        if at & 1 or at == last:
            root = sha256(b"\x01" + node + root).digest()
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            root = sha256(b"\x01" + root + node).digest()
        at, last = at >> 1, last >> 1
    return root if last == 0 else b""
