"""An answer to be taken away: the folder that `proof/answers/verifier_answer.py` checks, as one zip.

Every SOP step. Previous hop: `api.py`. Next hop: an inspector, with the verifier.
"""

import base64
import json
from io import BytesIO
from itertools import islice
from zipfile import ZIP_DEFLATED, ZipFile

from services.archive.domain import merkle
from services.archive.domain.checkpoint import VerifierKey
from services.archive.log import tree
from services.archive.log.checkpoints import Signed
from services.archive.proof.answers.verifier_answer import ANSWER, ANSWER_TEXT, LINES, PROOFS
from services.archive.proof.answers.verifier_nine import text_of
from services.archive.proof.export import whole_verifier
from services.archive.proof.verifier_export import CHECKPOINT, KEY, README
from services.archive.questions.view import Answer
from shared.eventsourcing.sql import Connection

READ_ME = """Jawaban satu pertanyaan pemeriksa, dengan buktinya
==================================================
jawaban.txt    jawabannya, dalam dua bahasa; di bawah setiap kalimat: tempat dan waktu barisnya di log
baris.ndjson   baris log yang menjadi dasarnya, persis seperti yang disidik
bukti.json     tempat setiap baris dan bukti bahwa baris itu ada di log (RFC 6962)
jawaban.json   pertanyaannya, yang diberikan di luar log (pilihan angka, hari libur), dan kalimatnya
checkpoint     titik periksa: asal, ukuran, akar, tanda tangan (C2SP signed-note, tlog-checkpoint)
vkey           kunci pemeriksa; bandingkan dengan yang tercetak di kertas
verifier.py    pemeriksa mandiri (Python 3.11 dan paket cryptography); sebaiknya ambil dari tempat lain

Periksa:  python verifier.py . [--vkey KUNCI] [--older TITIK_PERIKSA_LAMA]

The answer to one question of an auditor, with its proofs
=========================================================
jawaban.txt    the answer, in both languages; below each sentence the places and times of its lines
baris.ndjson   the lines of the log that it rests on, exactly as they are hashed
bukti.json     of each line its place, and the proof that it stands in the log (RFC 6962)
jawaban.json   the question, what was given from elsewhere (the figure chosen, days off), and the sentences
checkpoint     signed note: origin, size, root, signature (C2SP signed-note, tlog-checkpoint)
vkey           verifier key; compare it with the one on paper
verifier.py    the verifier (Python 3.11 and the package cryptography); better taken from elsewhere

Check:    python verifier.py . --lang en [--vkey KEY] [--older OLDER_CHECKPOINT]
"""


def name_of(answer: Answer) -> str:
    """What the folder of an answer is called."""
    return f"jawaban-{answer.given['cycle']}-{answer.question}"


async def proofs_of(conn: Connection, answer: Answer, size: int) -> list[tuple[int, list[str]]]:
    """The place of each line, and the hashes that lead from it to the root. Raises HashesGone."""
    ways = [merkle.inclusion_ranges(row["index"], size) for row in answer.rows]
    hashes = iter(await tree.prove(conn, [span for way in ways for span in way]))
    return [
        (row["index"], [base64.b64encode(one).decode() for one in islice(hashes, len(way))])
        for row, way in zip(answer.rows, ways, strict=True)
    ]


def packed(answer: Answer, proofs: list[tuple[int, list[str]]], signed: Signed, key: VerifierKey) -> bytes:
    """The zip. The answer was found: `said` is there."""
    said = answer.said or []
    told = {"answer": said, **{name: getattr(answer, name) for name in ("question", "given")}}
    parts = {
        README: READ_ME,
        ANSWER: json.dumps(told, ensure_ascii=False, indent=1),
        ANSWER_TEXT: text_of(answer.question, said, answer.lines, answer.given),
        LINES: "".join(f"{row['line']}\n" for row in answer.rows),
        PROOFS: json.dumps(proofs),
        CHECKPOINT: signed.note,
        KEY: f"{key}\n",
        "verifier.py": whole_verifier(),
    }
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as into:
        for name, text in parts.items():
            into.writestr(f"{name_of(answer)}/{name}", text)
    return stream.getvalue()
