"""The stand-alone verifier: what it proves, what it refuses, and what it says that it did not prove."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from services.archive.domain.checkpoint import Signer
from services.archive.proof.verifier import verify
from services.archive.proof.verifier_log import Unusable
from tests.support.exports import REPORT, SIGNER, event, filed, note_over, probed, write_export
from tests.support.second_verifier import accepts

LINES = [event(number) for number in range(37)]
KEY = str(SIGNER.key)


def both_accept(folder: Path, older: str | None = None) -> bool:
    """The answer of both verifiers, which must be the same."""
    kept = []
    if older is not None:
        (folder.parent / "lama").write_text(older, encoding="utf-8")
        kept = [folder.parent / "lama"]
    first, second = verify(folder, vkey=KEY, older=kept).verified, accepts(folder, older=older)
    assert first == second
    return first


def rewrite(folder: Path, change: Callable[[list[bytes]], Sequence[bytes]]) -> Path:
    lines = (folder / "events.ndjson").read_bytes().split(b"\n")[:-1]
    (folder / "events.ndjson").write_bytes(b"".join(line + b"\n" for line in change(lines)))
    return folder


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return write_export(tmp_path / "ekspor", LINES)


def test_an_untouched_export_is_accepted(export: Path) -> None:
    assert both_accept(export)
    report = verify(export, vkey=KEY)
    assert (report.size, report.origin, report.refuted) == (37, "jejak.id/3402", [])


def test_an_empty_log_is_accepted(tmp_path: Path) -> None:
    assert both_accept(write_export(tmp_path / "kosong", []))


@pytest.mark.parametrize("bit", range(8))
@pytest.mark.parametrize("at", range(0, 37, 4))
def test_a_flipped_bit_is_detected_anywhere(export: Path, at: int, bit: int) -> None:
    line = LINES[at]
    flipped = bytes([*line[:-9], line[-9] ^ (1 << bit), *line[-8:]])
    rewrite(export, lambda lines: [*lines[:at], flipped, *lines[at + 1 :]])
    assert not verify(export, vkey=KEY).verified


def test_the_second_verifier_sees_a_changed_figure_too(export: Path) -> None:
    assert not both_accept(
        rewrite(export, lambda lines: [line.replace(b'"number":7', b'"number":8') for line in lines])
    )


@pytest.mark.parametrize("at", range(37))
def test_a_removed_event_is_detected(export: Path, at: int) -> None:
    assert not both_accept(rewrite(export, lambda lines: lines[:at] + lines[at + 1 :]))


@pytest.mark.parametrize("at", range(37))
def test_a_duplicated_event_is_detected(export: Path, at: int) -> None:
    assert not both_accept(rewrite(export, lambda lines: lines[: at + 1] + lines[at:]))


@pytest.mark.parametrize("at", range(36))
def test_two_swapped_neighbours_are_detected(export: Path, at: int) -> None:
    assert not both_accept(
        rewrite(export, lambda lines: [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]])
    )


@pytest.mark.parametrize("kept", [0, 1, 16, 32, 36])
def test_a_cut_tail_is_detected(export: Path, kept: int) -> None:
    assert not both_accept(rewrite(export, lambda lines: lines[:kept]))


def test_a_tail_cut_inside_a_line_is_detected(export: Path) -> None:
    (export / "events.ndjson").write_bytes((export / "events.ndjson").read_bytes()[:-1])
    assert not both_accept(export)
    assert verify(export, vkey=KEY).refuted == ["Ekspor terpotong: baris terakhirnya tidak selesai."]


def test_a_removed_event_with_a_duplicate_of_another_keeps_the_size_and_is_detected(export: Path) -> None:
    assert not both_accept(rewrite(export, lambda lines: [*lines[:3], lines[4], *lines[4:]]))


def test_a_changed_filing_that_is_no_json_any_more_is_detected_and_raises_nothing(tmp_path: Path) -> None:
    export = write_export(tmp_path / "e", [filed(0, REPORT, "Laporan")])
    assert not verify(rewrite(export, lambda lines: [lines[0][:-1]]), vkey=KEY).verified


# History rewritten and signed again with the real key: only an older checkpoint in other hands shows it


def forged(tmp_path: Path) -> Path:
    return write_export(tmp_path / "palsu", [*LINES[:5], event(5, data={"number": 1_000_000}), *LINES[6:]])


def test_a_forgery_signed_again_is_accepted_without_an_older_checkpoint(tmp_path: Path) -> None:
    assert both_accept(forged(tmp_path))
    assert any("--older" in sentence for sentence in verify(forged(tmp_path), vkey=KEY).not_proven)


def test_the_same_forgery_is_rejected_with_an_older_checkpoint(tmp_path: Path) -> None:
    assert not both_accept(forged(tmp_path), note_over(LINES[:20]))


def test_an_older_checkpoint_from_before_the_forgery_does_not_show_it_and_the_report_says_from_where_on(
    tmp_path: Path,
) -> None:
    folder = forged(tmp_path)
    assert both_accept(folder, note_over(LINES[:5]))
    report = verify(folder, vkey=KEY, older=[tmp_path / "lama"])
    assert any("peristiwa 5 ke atas" in sentence for sentence in report.not_proven)


@pytest.mark.parametrize("size", [0, 1, 2, 16, 31, 36, 37])
def test_an_honest_log_extends_every_older_checkpoint_of_its_own(export: Path, size: int) -> None:
    assert both_accept(export, note_over(LINES[:size]))


def test_a_log_that_went_back_is_rejected(tmp_path: Path) -> None:
    export = write_export(tmp_path / "mundur", LINES[:30])
    assert not both_accept(export, note_over(LINES))
    assert verify(export, vkey=KEY, older=[tmp_path / "lama"]).refuted == [
        "Log mundur: dulu 37 peristiwa, sekarang 30."
    ]


def test_an_older_export_serves_as_older_checkpoint(export: Path, tmp_path: Path) -> None:
    before = write_export(tmp_path / "dulu", LINES[:20])
    single = tmp_path / "dulu.jejak"
    single.write_bytes((before / "checkpoint").read_bytes() + b"\n" + (before / "events.ndjson").read_bytes())
    assert verify(export, vkey=KEY, older=[before, single]).verified
    assert not verify(forged(tmp_path), vkey=KEY, older=[single]).verified


def test_an_older_checkpoint_of_another_log_or_key_is_no_witness(export: Path, tmp_path: Path) -> None:
    stranger = Signer("jejak.id/3402", bytes(32))
    (tmp_path / "lama").write_text(note_over(LINES[:3], stranger), encoding="utf-8")
    assert not verify(export, vkey=KEY, older=[tmp_path / "lama"]).verified
    other = SIGNER.sign(3, bytes(32)).replace("jejak.id/3402\n3", "jejak.id/3401\n3")
    (tmp_path / "lama").write_text(other, encoding="utf-8")
    assert not verify(export, vkey=KEY, older=[tmp_path / "lama"]).verified


# The key


def test_an_export_signed_by_somebody_else_is_rejected_by_the_key_on_paper(tmp_path: Path) -> None:
    export = write_export(tmp_path / "orang-lain", LINES, signer=Signer("jejak.id/3402", bytes(32)))
    assert not verify(export, vkey=KEY).verified
    with_own_key = verify(export)
    assert with_own_key.verified
    assert any("kunci ini dari ekspor sendiri" in sentence for sentence in with_own_key.not_proven)


def test_the_key_may_be_given_as_a_file(export: Path) -> None:
    assert verify(export, vkey=str(export / "vkey")).verified


@pytest.mark.parametrize("key", ["", "bukan kunci", "jejak.id/3402+00000000+AQ==", KEY.replace("+", "+0", 1)])
def test_a_malformed_key_checks_nothing(export: Path, key: str) -> None:
    (export / "vkey").write_text(key, encoding="utf-8")
    with pytest.raises(Unusable):
        verify(export)


@pytest.mark.parametrize(
    "note", ["", "\n\n", "x", "a\n1\nb\n\n— jejak.id/3402 AAAA\n", "a\n1\nb\n\n— jejak.id/3402 ???\n"]
)
def test_a_malformed_checkpoint_is_refuted(export: Path, note: str) -> None:
    (export / "checkpoint").write_text(note, encoding="utf-8")
    assert not verify(export).verified


def test_a_changed_signature_is_refuted(export: Path) -> None:
    note = (export / "checkpoint").read_text(encoding="utf-8")
    (export / "checkpoint").write_text(note.replace("\n37\n", "\n36\n"), encoding="utf-8")
    assert not both_accept(export)


# Files


@pytest.fixture
def with_report(tmp_path: Path) -> Path:
    export = write_export(tmp_path / "ekspor", [*LINES, filed(37, REPORT, "Laporan SPM 2026")])
    (export / "berkas").mkdir()
    (export / "berkas" / "laporan.pdf").write_bytes(REPORT)
    return export


def test_a_file_is_compared_with_the_event_that_names_it(with_report: Path) -> None:
    assert both_accept(with_report)
    assert (
        "berkas/laporan.pdf: isinya persis “Laporan SPM 2026” yang disebut peristiwa 37."
        in verify(with_report).proven
    )


def test_a_changed_or_smuggled_file_is_rejected(with_report: Path) -> None:
    (with_report / "berkas" / "laporan.pdf").write_bytes(REPORT + b" ")
    assert not both_accept(with_report)
    (with_report / "berkas" / "laporan.pdf").write_bytes(REPORT)
    (with_report / "laporan.pdf").write_bytes(b"lain")
    assert not both_accept(with_report)


def test_a_file_that_is_missing_is_said_to_be_missing(with_report: Path) -> None:
    (with_report / "berkas" / "laporan.pdf").unlink()
    report = verify(with_report)
    assert report.verified
    assert "“Laporan SPM 2026”: ada di arsip menurut log, tetapi tidak di ekspor ini." in report.not_proven


@pytest.mark.parametrize(
    ("probe", "sentence"),
    [
        ((), "tidak mencatat"),
        ((probed(37),), "ditegakkan menurut uji"),
        ((probed(37, "shorten"),), "tidak ditegakkan oleh penyimpanan (shorten)"),
    ],
)
def test_what_the_store_was_seen_to_enforce_is_told_as_recorded_not_as_proven(
    tmp_path: Path, probe: tuple[bytes, ...], sentence: str
) -> None:
    report = verify(write_export(tmp_path / "e", [*LINES, *probe]))
    assert sentence in report.not_proven[-1]


# One file, and the command line
