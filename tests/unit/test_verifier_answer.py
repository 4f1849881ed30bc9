"""An answer that was taken away, checked offline: what was changed in it afterwards is named."""

import base64
import json
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path

import pytest

from services.archive.domain import merkle
from services.archive.domain.checkpoint import Signer, VerifierKey
from services.archive.log.checkpoints import Signed
from services.archive.proof.answers.verifier_lines import Said
from services.archive.proof.answers.verifier_nine import NINE, answered
from services.archive.proof.verifier import main, verify
from services.archive.questions import packing
from services.archive.questions.view import Answer, told
from tests.support.archive_room import START
from tests.unit.test_nine_questions import CASE, CYCLE, rows_of_the_demonstration

SIGNER = Signer("jejak.id/3402", bytes(range(32)))
Parts = dict[str, bytes]


@cache
def tree() -> tuple[list[bytes], Signed]:
    hashes = [merkle.leaf_hash(row["line"].encode()) for row in rows_of_the_demonstration()]
    edge, _ = merkle.grow(merkle.Edge(0, ()), hashes)
    return hashes, Signed(edge.size, edge.root, SIGNER.sign(edge.size, edge.root), START)


def answer_of(question: int, **more: object) -> Answer:
    kinds, signed = NINE[question - 1][1], tree()[1]
    rows = [
        row
        for row in rows_of_the_demonstration()
        if row["case_id"] == CYCLE and (not kinds or row["stream"].partition("-")[0] in kinds)
    ]
    given = {"cycle": CYCLE, "year": 2025, "size": signed.size, "root": signed.root.hex(), **more}
    chosen = {"case": CASE, "service": "kes.ibu_hamil"} if question == 1 else {}
    given |= chosen
    return Answer(question, answered(question, told(rows), given), rows, given)


def proofs_of(answer: Answer) -> list[tuple[int, list[str]]]:
    hashes, signed = tree()

    def hash_of(node: merkle.Subtree) -> bytes:
        return merkle.subtree_hash(hashes[node.index << node.level : (node.index + 1) << node.level])

    ways = [merkle.inclusion_ranges(row["index"], signed.size) for row in answer.rows]
    found = iter([each for way in ways for each in merkle.prove(way, hash_of)])
    return [
        (row["index"], [base64.b64encode(one).decode() for one in islice(found, len(way))])
        for row, way in zip(answer.rows, ways, strict=True)
    ]


@cache
def zip_of(question: int) -> bytes:
    answer = answer_of(question)
    return packing.packed(answer, proofs_of(answer), tree()[1], SIGNER.key)


def parts_of(path: Path, question: int) -> Parts:
    path.write_bytes(zip_of(question))
    with zipfile.ZipFile(path) as packed:
        return {name.rpartition("/")[2]: packed.read(name) for name in packed.namelist()}


def written(folder: Path, parts: Parts) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in parts.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize("question", range(1, 10))
def test_every_answer_is_verified_as_it_was_given_out(
    question: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts_of(tmp_path / "jawaban.zip", question)
    report = verify(tmp_path / "jawaban.zip", vkey=str(SIGNER.key))
    assert (report.verdict, report.refuted) == ("proven", [])
    assert main([str(tmp_path / "jawaban.zip"), "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert not re.search(r"\b(tidak|yang|bukan|adalah|peristiwa|dengan)\b", said), said


def in_a_line(parts: Parts) -> Parts:
    return {**parts, packing.LINES: parts[packing.LINES].replace(b'"by":"tari"', b'"by":"yoga"', 1)}


def without_a_line(parts: Parts) -> Parts:
    """One in the middle of its stream, with its proof."""
    lines, proofs = parts[packing.LINES].splitlines(keepends=True), json.loads(parts[packing.PROOFS])
    del lines[1], proofs[1]
    return {**parts, packing.LINES: b"".join(lines), packing.PROOFS: json.dumps(proofs).encode()}


def without_a_proof(parts: Parts) -> Parts:
    return {**parts, packing.PROOFS: json.dumps(json.loads(parts[packing.PROOFS])[1:]).encode()}


def without_what_is_cited(parts: Parts) -> Parts:
    """The last line, which the answer cites, and its proof."""
    lines, proofs = parts[packing.LINES].splitlines(keepends=True), json.loads(parts[packing.PROOFS])
    return {**parts, packing.LINES: b"".join(lines[:-1]), packing.PROOFS: json.dumps(proofs[:-1]).encode()}


def in_the_answer(parts: Parts) -> Parts:
    return {**parts, packing.ANSWER: parts[packing.ANSWER].replace(b'"copies": 5', b'"copies": 50', 1)}


def without_a_sentence(parts: Parts) -> Parts:
    told_ = json.loads(parts[packing.ANSWER])
    told_["answer"].pop()
    return {**parts, packing.ANSWER: json.dumps(told_).encode()}


def in_the_text(parts: Parts) -> Parts:
    return {**parts, packing.ANSWER_TEXT: parts[packing.ANSWER_TEXT].replace(b"5 eks", b"9 eks", 1)}


def of_another_log(parts: Parts) -> Parts:
    note = SIGNER.sign(tree()[1].size, merkle.leaf_hash(b"another"))
    return {**parts, packing.CHECKPOINT: note.encode()}


def of_another_key(parts: Parts) -> Parts:
    signed = tree()[1]
    other = Signer(SIGNER.name, bytes(32))
    return {**parts, packing.CHECKPOINT: other.sign(signed.size, signed.root).encode()}


CHANGES: dict[Callable[[Parts], Parts], str] = {
    in_a_line: "bukan yang ditandatangani: isi, tempat, atau buktinya diubah",
    without_a_line: "Baris hilang: document-3402-2025-",
    without_a_proof: "Jumlah baris dan jumlah bukti berbeda",
    without_what_is_cited: "Jawaban menyebut baris 171, yang tidak ada di sini",
    in_the_answer: "Kalimat 2 bukan yang mengikuti dari barisnya; yang mengikuti: 5 eksemplar",
    without_a_sentence: "Kalimat 2 bukan yang mengikuti dari barisnya",
    in_the_text: "jawaban.txt bukan jawaban yang mengikuti dari barisnya",
    of_another_log: "Jawaban dibuat untuk titik periksa lain",
    of_another_key: "tidak ditandatangani dengan kunci",
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_each_change_is_named(change: Callable[[Parts], Parts], tmp_path: Path) -> None:
    parts = parts_of(tmp_path / "jawaban.zip", 5)
    changed = change(parts)
    assert changed != parts
    report = verify(written(tmp_path / "jawaban", changed), vkey=str(SIGNER.key))
    assert report.verdict == "contradicted"
    assert any(CHANGES[change] in sentence for sentence in report.refuted), report.refuted


def test_no_bit_of_lines_proofs_answer_and_text_can_be_changed(tmp_path: Path) -> None:
    parts = parts_of(tmp_path / "jawaban.zip", 5)
    chance = random.Random(54)
    unseen = []
    for _ in range(200):
        name = chance.choice([packing.LINES, packing.PROOFS, packing.ANSWER_TEXT, packing.CHECKPOINT])
        content = bytearray(parts[name])
        at = chance.randrange(len(content))
        content[at] ^= 1 << chance.randrange(7)
        report = verify(written(tmp_path / "jawaban", {**parts, name: bytes(content)}), vkey=str(SIGNER.key))
        if report.verified and not same_meaning(parts[name], bytes(content)):
            unseen.append((name, at))
    assert unseen == []


def same_meaning(before: bytes, after: bytes) -> bool:
    """A blank for another in JSON, or one more of them at the end of a note, changes nothing."""
    try:
        return bool(json.loads(before) == json.loads(after))
    except ValueError:
        return before.strip() == after.strip()


def test_an_answer_from_somebody_elses_log_is_not_believed_with_the_key_from_paper(tmp_path: Path) -> None:
    parts_of(tmp_path / "jawaban.zip", 8)
    report = verify(tmp_path / "jawaban.zip", vkey=str(VerifierKey(SIGNER.name, bytes(range(32)))))
    assert report.verdict == "contradicted"


@pytest.mark.parametrize(
    ("name", "root", "expected"),
    [
        ("jejak.id/3402", merkle.leaf_hash(b"another"), "Riwayat ditulis ulang"),
        ("jejak.id/3471", merkle.leaf_hash(b"another"), "tidak ditandatangani dengan kunci"),
        ("jejak.id/3402", tree()[1].root, ""),
    ],
)
def test_an_older_checkpoint_from_other_hands_is_held_against_it(
    name: str, root: bytes, expected: str, tmp_path: Path
) -> None:
    parts_of(tmp_path / "jawaban.zip", 8)
    older = tmp_path / "titik"
    older.write_text(f"{Signer(name, SIGNER.seed).sign(tree()[1].size, root)}\n", encoding="utf-8")
    report = verify(tmp_path / "jawaban.zip", vkey=str(SIGNER.key), older=[older])
    assert report.verified is not bool(expected)
    assert any(expected in sentence for sentence in [*report.refuted, *report.proven]), report


def test_what_must_not_be_is_an_answer_too() -> None:
    answer = answer_of(5)
    assert answer.said is not None
    printed = next(row for row in answer.rows if row["type"] == "copies-printed")
    other = {**printed["event"], "data": {**printed["event"]["data"], "digest": "0" * 64}}
    rows = [{**row, "event": other} if row is printed else row for row in answer.rows]
    found = answered(5, told(rows), answer.given)
    assert [one.code for one in found if one.wrong] == ["copies-other"]
    assert replace(answer, said=found).said != answer.said
    assert isinstance(found[0], Said)
