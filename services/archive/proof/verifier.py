"""Pemeriksa mandiri log audit Jejak: membuktikan sebuah ekspor tanpa server, basis data, atau jaringan.

Role: an inspector's own instrument; it believes no sentence of the archive. Given out as one file
(`export.py` joins its parts `verifier_*.py` to it), standard library and `cryptography`, nothing of Jejak.
Previous hop: an export. Next hop: a person. Reads the log once, and remembers a number for each stream.
Formats: RFC 6962, C2SP signed-note and tlog-checkpoint. Exit code 0: all that was checked holds; 1: something
contradicts; 2: nothing could be checked; 3: nothing contradicts, but files that were filed are lacking.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from io import TextIOWrapper
from pathlib import Path

from services.archive.proof.answers.verifier_answer import answer_at, verify_answer
from services.archive.proof.verifier_certificate import is_certificate, verify_certificate
from services.archive.proof.verifier_english import english
from services.archive.proof.verifier_export import Export
from services.archive.proof.verifier_files import compare_files
from services.archive.proof.verifier_log import Contradiction, LogCheck, NotThoseLines, Unusable, open_note
from services.archive.proof.verifier_place import where
from services.archive.proof.verifier_report import VERDICTS, Report, as_text, limits, plain


def verify(path: str | Path, *, vkey: str | None = None, older: Sequence[str | Path] = ()) -> Report:
    """Checks an export, the answer to a question or a certificate. `vkey`: a key or a file with one; `older`:
    checkpoints or exports, best from other hands. Raises Unusable only.
    """
    report = Report()
    try:
        key = _told_key(vkey)
        if is_certificate(Path(path)):
            return verify_certificate(Path(path), key, older)
        answer = answer_at(Path(path))
        if answer is not None:
            notes = [Export(Path(one)).note() for one in older]
            verify_answer(answer, key, notes, report, own_key=vkey is None)
            return report
        export = Export(Path(path))
        report.key = key or export.key()
        checkpoint = open_note(export.note(), report.key)
        report.origin, report.size, report.root = checkpoint.origin, checkpoint.size, checkpoint.root.hex()
        report.proven.append(
            f"Titik periksa {checkpoint.origin} ({checkpoint.size} peristiwa) ditandatangani dengan kunci "
            f"{report.key}."
        )
        exports = [Export(Path(one)) for one in older]
        former = [open_note(one.note(), report.key) for one in exports]
        files = export.files()
        check = LogCheck(checkpoint, former, files.values())
        for line in export.lines():
            check.add(line)
        try:
            report.proven += check.finish()
        except NotThoseLines:
            report.places = where(export, check, list(zip(former, exports, strict=True)))
            raise
        report.refuted += compare_files(check, files, export.folder, export.entries, report)
        report.not_proven += limits(
            checkpoint.size, [one.size for one in former], check.probe, check.withheld, own_key=vkey is None
        )
        report.verified = not report.refuted
    except OSError as error:
        raise Unusable(f"Tidak terbaca: {error.filename} ({error.strerror}).") from None
    except Contradiction as contradiction:
        report.refuted += [str(contradiction), *report.places]
    return report


def _told_key(vkey: str | None) -> str | None:
    return (
        (Path(vkey).read_text("utf-8-sig", "replace") if Path(vkey).is_file() else vkey).strip()
        if vkey
        else None
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description="Memeriksa ekspor log audit Jejak tanpa server, basis data, atau jaringan."
    )
    parser.add_argument(
        "export",
        help="folder ekspor, satu berkas (titik periksa, baris kosong, peristiwa), jawaban satu pertanyaan, "
        "atau sertifikat putar ulang",
    )
    parser.add_argument(
        "--vkey", help="kunci pemeriksa, atau berkas yang memuatnya; sebaiknya dari kertas, bukan dari ekspor"
    )
    parser.add_argument(
        "--older",
        action="append",
        default=[],
        help="titik periksa atau ekspor lama dari tangan lain; boleh beberapa",
    )
    parser.add_argument("--json", action="store_true", help="laporan sebagai satu objek JSON")
    asked = next(
        (
            os.environ[name]
            for name in ("JEJAK_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
            if os.environ.get(name)
        ),
        "",
    )
    parser.add_argument(
        "--lang",
        choices=("id", "en"),
        default="en" if asked.lower().startswith("en") else "id",
        help="bahasa / language",
    )
    options = parser.parse_args(arguments)
    say: Callable[[str], str] = english if options.lang == "en" else str
    try:
        report = verify(options.export, vkey=options.vkey, older=options.older)
        code, head = VERDICTS[report.verdict]
        told = {
            name: [plain(say(one)) for one in value] if isinstance(value, list) else value
            for name, value in asdict(report).items()
        }
        found, text = (
            {**told, "verdict": report.verdict},
            as_text(say(head), told, say("Yang tidak terbukti di sini:")),
        )
    except Unusable as reason:
        why = plain(say(str(reason)))
        found, text, code = (
            {"verified": False, "verdict": "unusable", "unusable": why},
            f"{say('TIDAK DAPAT DIPERIKSA:')} {why}",
            2,
        )
    if isinstance(sys.stdout, TextIOWrapper):
        # a terminal that has no ✓ must not lose the verdict
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.stdout.write((json.dumps(found, ensure_ascii=False) if options.json else text) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
