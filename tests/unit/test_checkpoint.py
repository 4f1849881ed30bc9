"""Checkpoints as C2SP signed notes. The vector is the note test of golang.org/x/mod/sumdb/note,
whose format C2SP signed-note took over.
"""

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.archive.domain.checkpoint import (
    Checkpoint,
    NotGenuine,
    Signer,
    VerifierKey,
    open_note,
    proof_text,
)

SIGNER = Signer("jejak.id/3402", bytes(range(32)))
ROOT = bytes(range(32, 64))
NOTE = SIGNER.sign(1234, ROOT)
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


def test_the_verifier_key_of_the_go_library_parses_and_prints_the_same() -> None:
    key = VerifierKey.parse(PETER)
    assert (key.name, key.id.hex(), str(key)) == ("PeterNeumann", "c74f20a3", PETER)


def test_the_note_of_the_go_library_is_signed_by_that_key_but_is_no_checkpoint() -> None:
    note = (
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem "
        "is.\n\n"
        "— PeterNeumann "
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    with pytest.raises(NotGenuine, match="at least three"):
        open_note(note, VerifierKey.parse(PETER))


def test_a_checkpoint_is_three_lines_an_empty_one_and_the_signature() -> None:
    assert NOTE.startswith(
        "jejak.id/3402\n1234\nICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=\n\n— jejak.id/3402 "
    )
    assert open_note(NOTE, SIGNER.key) == Checkpoint("jejak.id/3402", 1234, ROOT)


def test_another_key_of_the_same_name_did_not_sign_it() -> None:
    with pytest.raises(NotGenuine, match="not signed by"):
        open_note(NOTE, Signer("jejak.id/3402", bytes(32)).key)


@pytest.mark.parametrize(
    ("old", "new"), [("1234", "1235"), ("ICEi", "ICEj"), ("jejak.id/3402\n", "jejak.id/3403\n")]
)
def test_a_changed_text_no_longer_fits_its_signature(old: str, new: str) -> None:
    with pytest.raises(NotGenuine, match="not that of"):
        open_note(NOTE.replace(old, new, 1), SIGNER.key)


def test_signatures_of_others_are_ignored() -> None:
    witness = "— saksi.example AAAAAAEC\n"
    assert open_note(NOTE + witness, SIGNER.key).size == 1234


def test_one_false_signature_of_a_known_key_spoils_the_note() -> None:
    line = NOTE.rpartition("\n\n")[2]
    forged = line.replace(line[-8:-2], "AAAAAA")
    with pytest.raises(NotGenuine, match="not that of"):
        open_note(NOTE + forged, SIGNER.key)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "a\n1\nb\n",
        NOTE[:-1],
        NOTE + "bukan tanda tangan\n",
        NOTE.replace("— ", "- "),
        NOTE.replace("\n1234", "\r\n1234"),
        NOTE + "— a+b AAAAAAEC\n",
        NOTE + "— a b AAAAAAEC\n",
        NOTE + "—  AAAAAAEC\n",
        NOTE + "saksi AAAAAAEC\n",
        NOTE + "— saksi AAAAAA==\n",
    ],
)
def test_a_malformed_note_is_refused(note: str) -> None:
    with pytest.raises(NotGenuine):
        open_note(note, SIGNER.key)


@pytest.mark.parametrize(
    "text",
    [
        "o\n1\n",
        "o\n01\n" + "A" * 43 + "=\n",
        "o\n-1\n" + "A" * 43 + "=\n",
        "o\n1\nAAAA\n",
        "o\n1\n?\n",
        "\n1\n" + "A" * 43 + "=\n",
        "o\n1\n" + "A" * 43 + "=",
        "o\n1\n" + "A" * 43 + "=\n\n",
        "o\n1\n" + "A" * 43 + "=\n\ntambahan\n",
        "o\n1\n" + "A" * 20 + "!" + "A" * 23 + "=\n",
    ],
)
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NotGenuine):
        Checkpoint.parse(text)


def test_extension_lines_are_allowed() -> None:
    assert Checkpoint.parse("o\n0\n" + "A" * 43 + "=\ntambahan\n") == Checkpoint("o", 0, bytes(32))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a+b+c",
        PETER.replace("c74f", "c74e"),
        PETER.replace("+AR", "+AB"),
        " " + PETER[1:] + "x",
        PETER.replace("Peter", "Pe ter"),
        str(VerifierKey("", bytes(32))),
        str(VerifierKey("Peter Neumann", bytes(32))),
    ],
)
def test_a_malformed_key_is_refused(text: str) -> None:
    with pytest.raises(NotGenuine, match=r"not an Ed25519 verifier key|not base64"):
        VerifierKey.parse(text)


def test_a_key_may_hold_a_plus_within() -> None:
    """The sign that parts name, id and key is a letter of base64 too."""
    keys = [Signer("jejak.id/3402", bytes([number] * 32)).key for number in range(64)]
    assert any(str(key).count("+") > 2 for key in keys)
    assert [VerifierKey.parse(str(key)) for key in keys] == keys


def test_a_signature_has_at_least_one_byte_behind_the_key_id() -> None:
    assert open_note(NOTE + "— saksi.example AAAAAAE=\n", SIGNER.key).size == 1234


def test_the_last_empty_line_parts_text_and_signatures() -> None:
    text = "jejak.id/3402\n1\n\ntambahan\n"
    signature = Ed25519PrivateKey.from_private_bytes(SIGNER.seed).sign(text.encode())
    line = f"— {SIGNER.name} {b64encode(SIGNER.key.id + signature).decode()}\n"
    with pytest.raises(NotGenuine, match="three non-empty lines"):
        open_note(f"{text}\n{line}", SIGNER.key)


def test_a_note_without_its_last_newline_is_none() -> None:
    with pytest.raises(NotGenuine, match="no signature lines"):
        open_note(NOTE[:-1], SIGNER.key)


def test_a_portable_proof_holds_index_path_and_checkpoint() -> None:
    assert proof_text(7, [bytes(32)], NOTE) == "c2sp.org/tlog-proof@v1\nindex 7\n" + "A" * 43 + "=\n\n" + NOTE
    assert ("A" * 43 + "=\n") * 2 in proof_text(7, [bytes(32)] * 2, NOTE)
    assert proof_text(0, [], NOTE) == "c2sp.org/tlog-proof@v1\nindex 0\n\n" + NOTE
