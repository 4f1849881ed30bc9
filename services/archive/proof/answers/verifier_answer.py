"""The answer to one of the nine questions, checked offline: each line is in the signed log, none of a stream
is missing, and the answer is what follows from them.

Role: a part of the verifier (`verifier.py`), joined to it when that is given out; standard library and
`cryptography`. Previous hop: `verifier.py` with a path. Next hop: `verifier_nine.py`. A folder or its zip:
jawaban.json (question, what was given, sentences), jawaban.txt (the same to be read), baris.ndjson (the exact
lines), bukti.json (of each line its place and its RFC 6962 proof), checkpoint, vkey.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from services.archive.proof.answers.verifier_lines import UNREADABLE, Said, Told, holes
from services.archive.proof.answers.verifier_nine import answered, in_words, text_of
from services.archive.proof.verifier_export import CHECKPOINT, KEY, unzipped
from services.archive.proof.verifier_log import Checkpoint, Contradiction, open_note
from services.archive.proof.verifier_report import Report

ANSWER, ANSWER_TEXT, LINES, PROOFS = "jawaban.json", "jawaban.txt", "baris.ndjson", "bukti.json"
LONGEST_PART = 1 << 28


class Answer:
    """What was given to be checked, opened."""

    def __init__(self, entries: Mapping[str, Any]) -> None:
        self._entries = entries

    def read(self, name: str) -> bytes:
        """Raises Contradiction for a part that is not there."""
        if name not in self._entries:
            raise Contradiction(f"{name} tidak ada di dalam jawaban ini.")
        with self._entries[name].open("rb") as stream:
            return bytes(stream.read(LONGEST_PART))

    def told(self, name: str) -> Any:
        """Raises Contradiction for a part that is no JSON."""
        try:
            return json.loads(self.read(name))
        except (ValueError, RecursionError):
            raise Contradiction(f"{name} rusak: isinya tidak dapat dibaca.") from None


def answer_at(path: Path) -> Answer | None:
    """The answer in a folder or a zip; None for anything else."""
    if path.is_dir():
        entries: Mapping[str, Any] = {one.name: one for one in path.iterdir() if one.is_file()}
    else:
        entries = unzipped(path, ANSWER) if path.is_file() else {}
    return Answer(entries) if ANSWER in entries else None


def verify_answer(
    answer: Answer, key: str | None, older: Sequence[bytes], report: Report, *, own_key: bool
) -> None:
    """Fills the report. Raises Contradiction, and Unusable for a malformed key."""
    report.key = key or answer.read(KEY).decode("utf-8-sig", "replace").strip()
    checkpoint = open_note(answer.read(CHECKPOINT), report.key)
    report.origin, report.size, report.root = checkpoint.origin, checkpoint.size, checkpoint.root.hex()
    report.proven.append(
        f"Titik periksa {checkpoint.origin} ({checkpoint.size} peristiwa) ditandatangani dengan kunci "
        f"{report.key}."
    )
    same = [open_note(note, report.key) for note in older]
    compare_older(checkpoint, same)
    lines, wrong = proven_lines(answer, checkpoint)
    report.refuted += wrong
    report.refuted += [
        f"Baris hilang: {stream} @{version} tidak ada di sini." for stream, version in holes(lines)
    ]
    if not report.refuted:
        report.proven.append(
            f"Ke-{len(lines)} baris ada di log yang ditandatangani, dan setiap alurnya tanpa celah."
        )
    report.refuted += list(unfounded(answer, lines, checkpoint))
    report.verified = not report.refuted
    if report.verified:
        many = len(answer.told(ANSWER)["answer"])
        report.proven.append(f"Jawaban ({many} kalimat) adalah yang mengikuti dari baris itu.")
    report.not_proven += unproven(checkpoint, same, own_key=own_key)


def compare_older(checkpoint: Checkpoint, older: Sequence[Checkpoint]) -> None:
    """Raises Contradiction where an older checkpoint is of another log, or differs at the same size."""
    for one in older:
        if one.origin != checkpoint.origin:
            raise Contradiction(f"Titik periksa lama dari log lain: {one.origin}, bukan {checkpoint.origin}.")
        if one.size == checkpoint.size and one.root != checkpoint.root:
            raise Contradiction(
                f"Riwayat ditulis ulang: {one.size} peristiwa pertama bukan yang dulu ditandatangani."
            )


def proven_lines(answer: Answer, checkpoint: Checkpoint) -> tuple[list[Told], list[str]]:
    """The lines that the checkpoint signs, and what is wrong with others. Raises Contradiction."""
    raw = answer.read(LINES).split(b"\n")
    proofs = answer.told(PROOFS)
    if raw.pop() != b"" or not isinstance(proofs, list) or len(raw) != len(proofs):
        raise Contradiction("Jumlah baris dan jumlah bukti berbeda: ada baris yang dihapus atau ditambah.")
    lines, wrong, before = list[Told](), list[str](), -1
    for line, proof in zip(raw, proofs, strict=True):
        try:
            place, path = int(proof[0]), [base64.b64decode(one, validate=True) for one in proof[1]]
            if place <= before or not included(checkpoint, place, line, path):
                raise ValueError(place)
            lines.append(Told(place, json.loads(line)))
            before = place
        except (*UNREADABLE, RecursionError):
            shown = proof[0] if isinstance(proof, list) and proof and isinstance(proof[0], int) else "?"
            wrong.append(f"Baris {shown} bukan yang ditandatangani: isi, tempat, atau buktinya diubah.")
    return lines, wrong


def included(checkpoint: Checkpoint, place: int, line: bytes, path: Sequence[bytes]) -> bool:
    """Whether a line stands at this place of the signed log (RFC 9162, 2.1.3.2)."""
    if not 0 <= place < checkpoint.size:
        return False
    node, at, last = sha256(b"\x00" + line).digest(), place, checkpoint.size - 1
    for other in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            node = sha256(b"\x01" + other + node).digest()
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = sha256(b"\x01" + node + other).digest()
        at, last = at >> 1, last >> 1
    return last == 0 and node == checkpoint.root


def unfounded(answer: Answer, lines: Sequence[Told], checkpoint: Checkpoint) -> Iterator[str]:
    """What the answer says that does not follow from its lines."""
    said = answer.told(ANSWER)
    try:
        given, question = dict(said["given"]), int(said["question"])
        told = [Said(one[0], one[1], tuple(one[2]), one[3]) for one in said["answer"]]
        cited = {place for one in told for place in one.lines} - {line.place for line in lines}
        if (given["size"], given["root"]) != (checkpoint.size, checkpoint.root.hex()):
            yield "Jawaban dibuat untuk titik periksa lain."
        follows = answered(question, lines, given)
        yield from (f"Jawaban menyebut baris {place}, yang tidak ada di sini." for place in sorted(cited))
        yield from other_sentences(told, follows)
        if answer.read(ANSWER_TEXT).decode() != text_of(question, follows, lines, given):
            yield f"{ANSWER_TEXT} bukan jawaban yang mengikuti dari barisnya."
    except UNREADABLE:
        yield "Jawaban tidak dapat dihitung ulang dari barisnya."


def other_sentences(told: Sequence[Said], follows: Sequence[Said]) -> Iterator[str]:
    """The first sentence that is another than what follows from the lines."""
    for number in range(max(len(told), len(follows))):
        here, right = told[number : number + 1], follows[number : number + 1]
        if list(here) != list(right):
            shown = in_words(right[0], in_english=False) if right else "–"
            yield f"Kalimat {number + 1} bukan yang mengikuti dari barisnya; yang mengikuti: {shown}"
            return


def unproven(checkpoint: Checkpoint, older: Sequence[Checkpoint], *, own_key: bool) -> Iterator[str]:
    """What the check of an answer does not prove."""
    yield (
        "Bahwa isi peristiwa benar; yang terbukti hanya: tidak berubah sejak ditandatangani. "
        "Waktunya adalah jam Jejak sendiri."
    )
    yield (
        "Bahwa sesudah baris terakhir setiap alur tidak ada yang lain, dan bahwa hari libur dan pilihan "
        "dalam jawaban.json benar: hanya ekspor seluruh log yang membuktikannya."
    )
    if own_key:
        yield (
            "Bahwa kuncinya milik arsip: kunci ini dari ekspor sendiri. Bandingkan dengan yang di kertas "
            "(--vkey)."
        )
    if checkpoint.size not in {one.size for one in older}:
        yield (
            "Bahwa pemegang kunci tidak menulis ulang log: perlu titik periksa lama dari tangan lain "
            "(--older)."
        )
