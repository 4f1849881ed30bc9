"""A second verifier of an export folder, written from RFC 6962 and C2SP signed-note alone, and of proofs of
the Merkle tree as RFC 9162 says it (§2.1.3.2, §2.1.4.2); shares no code and no method with the first.

It is slow and plain on purpose: the tree by the recursive definition, all lines in memory.
Two verifiers that agree are worth more than one.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519


def accepts(folder: Path, *, older: str | None = None) -> bool:
    """Whether the checkpoint is signed by the folder's key, the lines are its leaves,
    no file bears the name of a filed one without being it, and `older` is a prefix.
    """
    key = (folder / "vkey").read_text().rstrip("\n")
    head = _read(key, (folder / "checkpoint").read_bytes())
    data = (folder / "events.ndjson").read_bytes()
    if head is None or (data and data[-1] != 0x0A):
        return False
    lines = data.split(b"\n")[:-1]
    hashes = list(map(_leaf, lines))
    if (head["origin"], len(lines), _mth(hashes)) != (key.split("+")[0], head["size"], head["root"]):
        return False
    return _files_are_known(folder, lines) and (
        older is None or _is_prefix(_read(key, older.encode()), hashes)
    )


def _leaf(line: bytes) -> bytes:
    alone = line[:7] == b"sha256:"  # a line begins with a brace
    return bytes.fromhex(line[7:].decode()) if alone else hashlib.sha256(bytes([0]) + line).digest()


def _is_prefix(older: dict | None, hashes: list[bytes]) -> bool:
    return (
        older is not None and older["size"] <= len(hashes) and _mth(hashes[: older["size"]]) == older["root"]
    )


def _files_are_known(folder: Path, lines: list[bytes]) -> bool:
    known, names = set(), set()
    for line in lines:
        event = {"type": ""} if line[:7] == b"sha256:" else json.loads(line)
        _collect(event, known)
        if event["type"] == "item-filed":
            names |= {event["data"].get("item", ""), event["data"]["file"]["name"]} - {""}
    plain = {"events.ndjson", "checkpoint", "vkey", "verifier.py", "BACA-DULU.txt", "leaf-hashes"}
    files = [
        file for file in folder.glob("**/*") if file.is_file() and str(file.relative_to(folder)) not in plain
    ]
    strange = [file for file in files if hashlib.sha256(file.read_bytes()).hexdigest() not in known]
    return not any(file.stem[:-9] in names or file.stem in names or file.name in names for file in strange)


def _collect(value: object, known: set) -> None:
    if isinstance(value, dict):
        known.update([value["digest"]] if "digest" in value else [])
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            _collect(part, known)


def _mth(hashes: list[bytes]) -> bytes:
    if not hashes:
        return hashlib.sha256().digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k << 1 < len(hashes):
        k <<= 1
    return _node(_mth(hashes[:k]), _mth(hashes[k:]))


def _read(key: str, note: bytes) -> dict | None:
    name, wanted, encoded = key.split("+", 2)
    material = base64.standard_b64decode(encoded)
    if (
        hashlib.sha256(name.encode() + b"\n" + material).digest()[:4] != bytes.fromhex(wanted)
        or material[0] != 1
    ):
        return None
    at = note.rindex(b"\n\n")
    text, signatures = note[: at + 1], note[at + 2 :]
    for line in signatures.decode().splitlines():
        dash, signer, blob = line.split(" ")
        raw = base64.standard_b64decode(blob)
        if dash == "\u2014" and signer == name and raw[:4].hex() == wanted:
            try:
                ed25519.Ed25519PublicKey.from_public_bytes(material[1:]).verify(raw[4:], text)
            except InvalidSignature:
                return None
            origin, size, root = text.decode().splitlines()[:3]
            return {"origin": origin, "size": int(size), "root": base64.standard_b64decode(root)}
    return None


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def includes(root: bytes, size: int, index: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows the leaf hash `leaf` at `index` of the tree with this root and size."""
    if not 0 <= index < size:
        return False
    node, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = _node(sibling, found)
            node, last = _climb_right(node, last)
        else:
            found = _node(found, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def extends(older_root: bytes, older: int, root: bytes, size: int, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree with `root` begins with the
    tree of `older` leaves and `older_root`.
    """
    if not 0 < older <= size:
        return False
    if older == size:
        return not proof and older_root == root
    hashes = [older_root, *proof] if older & (older - 1) == 0 else list(proof)
    if not hashes:
        return False
    node, last = older - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = _node(sibling, old), _node(sibling, new)
            node, last = _climb_right(node, last)
        else:
            new = _node(new, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old == older_root and new == root


def _climb_right(node: int, last: int) -> tuple[int, int]:
    """A node at the right edge without a sibling is its own parent: climb until there is one."""
    while not node & 1 and node:
        node, last = node >> 1, last >> 1
    return node, last
