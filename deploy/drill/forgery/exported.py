"""Attacks on an export that somebody was given: its lines, and its signature with the stolen key.

Role: proves what `verifier.py` promises: whatever is done to a line is noticed and its place named; with the
key itself only an older checkpoint from other hands shows it, and without one the report says so.
"""

import random
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.drill.forgery.trial import Named, Outcome, tried
from services.archive.domain.checkpoint import Signer
from services.archive.domain.merkle import Edge, grow
from services.archive.proof.verifier import verify
from services.archive.proof.verifier_export import CHECKPOINT, EVENTS, HASHES
from services.archive.proof.verifier_log import leaf_of
from services.archive.proof.verifier_report import Report

WHERE = "ekspor"
Lines = list[bytes]


@dataclass(frozen=True, slots=True)
class Spoiled:
    """Lines after an attack, and what the report must say: all of `said` in one of its sentences."""

    lines: Lines
    said: tuple[str, ...]


def _bit(lines: Lines, chance: random.Random) -> Spoiled:
    at = chance.randrange(len(lines))
    line = bytearray(lines[at])
    line[chance.randrange(len(line))] ^= 1 << chance.randrange(8)
    return Spoiled([*lines[:at], bytes(line), *lines[at + 1 :]], (f"#{at} ", "diubah"))


def _removed(lines: Lines, chance: random.Random) -> Spoiled:
    at = chance.randrange(len(lines) - 1)
    return Spoiled([*lines[:at], *lines[at + 1 :]], (f"#{at} ", "dihapus"))


def _inserted(lines: Lines, chance: random.Random) -> Spoiled:
    """An event that might have been: another one's, with a version of its own."""
    at, one = chance.randrange(1, len(lines)), lines[chance.choice(_shown(lines))]
    forged = re.sub(rb'"version":[0-9]+\}$', b'"version":%d}' % chance.randrange(900, 999), one)
    return Spoiled([*lines[:at], forged, *lines[at:]], (f"#{at - 1} ", "disisipkan"))


def _duplicated(lines: Lines, chance: random.Random) -> Spoiled:
    at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
    return Spoiled([*lines[:to], lines[at], *lines[to:]], (f"#{at} ", "digandakan"))


def _swapped(lines: Lines, chance: random.Random) -> Spoiled:
    first, second = sorted(chance.sample(range(len(lines)), 2))
    changed = list(lines)
    changed[first], changed[second] = lines[second], lines[first]
    return Spoiled(changed, (f"#{first} ", f"#{second} ", "ditukar"))


def _cut(lines: Lines, chance: random.Random) -> Spoiled:
    kept = chance.randrange(len(lines))
    return Spoiled(lines[:kept], (f"#{kept} ", f"#{len(lines) - 1} ", "dipotong"))


def _back_dated(lines: Lines, chance: random.Random) -> Spoiled:
    """The moment at which something is said to have been recorded, a year earlier."""
    at = chance.choice(_shown(lines))
    earlier = re.sub(
        rb'("recorded_at":")(\d{4})', lambda found: found[1] + b"%d" % (int(found[2]) - 1), lines[at]
    )
    return Spoiled([*lines[:at], earlier, *lines[at + 1 :]], (f"#{at} ", "diubah"))


def _shown(lines: Lines) -> list[int]:
    """Where something can be read; of what its reader may not see there is the hash alone."""
    return [at for at, line in enumerate(lines) if line.startswith(b"{")]


ATTACKS: Mapping[str, Callable[[Lines, random.Random], Spoiled]] = {
    "satu bit diubah": _bit,
    "peristiwa dihapus": _removed,
    "peristiwa disisipkan": _inserted,
    "peristiwa digandakan": _duplicated,
    "dua peristiwa ditukar": _swapped,
    "ekor dipotong": _cut,
    "tanggal dimundurkan": _back_dated,
}
SIGNED_AGAIN = "ditandatangani ulang dengan kunci curian"


def attacked(export: Path, work: Path, signer: Signer, seeds: Sequence[int]) -> list[Outcome]:
    """Every attack on copies of an export's lines in the folder `work`."""
    original = _Original(export, work, str(signer.key))
    outcomes = [
        tried(WHERE, name, seeds, lambda chance, attack=attack: original.hit(attack, chance))  # type: ignore[misc]
        for name, attack in ATTACKS.items()
    ]
    return [
        *outcomes,
        tried(WHERE, SIGNED_AGAIN, seeds, lambda chance: original.signed_again(signer, chance)),
    ]


def honest(export: Path, key: str, older: Sequence[Path] = ()) -> bool:
    """Whether an export that nobody touched is called proven, and nothing else."""
    report = verify(export, vkey=key, older=older)
    return report.verified and not report.refuted


class _Original:
    """The export as it was given, without the files that it vouches for; copies of it are attacked."""

    def __init__(self, export: Path, work: Path, key: str) -> None:
        self._key, self._copy, self._older = key, work / "salinan", work / "lama"
        for folder in (self._copy, self._older):
            folder.mkdir(parents=True, exist_ok=True)
            for name in (EVENTS, CHECKPOINT, HASHES):
                shutil.copy(export / name, folder / name)
        self._lines = (export / EVENTS).read_bytes().split(b"\n")[:-1]
        self._note, self._hashes = (export / CHECKPOINT).read_bytes(), (export / HASHES).read_bytes()

    def hit(self, attack: Callable[[Lines, random.Random], Spoiled], chance: random.Random) -> Named:
        """Whether the verifier names what was done."""
        spoiled = attack(self._lines, chance)
        self._put(spoiled.lines, self._note, self._hashes)
        return _named(verify(self._copy, vkey=self._key), spoiled.said)

    def signed_again(self, signer: Signer, chance: random.Random) -> Named:
        """A line changed, everything made anew and signed with the key itself: the older export shows it, at
        its place; without one the report is to say from where on it proves nothing.
        """
        spoiled = _back_dated(self._lines, chance)
        hashes = [leaf_of(line) for line in spoiled.lines]
        edge, _ = grow(Edge(), hashes)
        self._put(spoiled.lines, signer.sign(edge.size, edge.root).encode(), b"".join(hashes))
        alone = verify(self._copy, vkey=self._key)
        if not (alone.verified and any("--older" in sentence for sentence in alone.not_proven)):
            return Named(noticed=False, place=False)
        return _named(verify(self._copy, vkey=self._key, older=[self._older]), spoiled.said)

    def _put(self, lines: Lines, note: bytes, hashes: bytes) -> None:
        (self._copy / EVENTS).write_bytes(b"".join(line + b"\n" for line in lines))
        (self._copy / CHECKPOINT).write_bytes(note)
        (self._copy / HASHES).write_bytes(hashes)


def _named(report: Report, said: Sequence[str]) -> Named:
    return Named(
        noticed=not report.verified,
        place=any(all(words in sentence for words in said) for sentence in report.refuted),
    )
