"""Where an export differs from the log that was signed: which line was changed, removed, inserted, doubled
or moved.

Role: a part of the verifier (`verifier.py`), joined to it when that is given out; standard library alone.
Previous hop: `verifier.py`, when the lines are not those of a checkpoint. Next hop: a person. Asked only
then, so it may remember a hash of each line.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from services.archive.proof.verifier_export import Export
from services.archive.proof.verifier_log import Checkpoint, LogCheck, RunningRoot, event_of, leaf_of

MOST = 10
"""So many places are named; of the others, how many there are."""


class Places(NamedTuple):
    """How lines stand against those that were signed. `changed`: their numbers in the export and in the
    signed log; `strange`: in the export, and that of the signed line before; all others: in the signed log.
    """

    changed: list[tuple[int, int]]
    removed: list[int]
    strange: list[tuple[int, int]]
    doubled: list[int]
    moved: list[int]


def where(export: Export, check: LogCheck, older: Sequence[tuple[Checkpoint, Export]]) -> list[str]:
    """What is not as it was signed, a sentence each: by the hashes that the export brings, where they give
    the signed root, or else by the lines of an older export from other hands.
    """
    found = [leaf_of(line) for line in export.lines()]
    signed = signed_hashes(export.hashes(), check.checkpoint)
    if signed and check.tree.root != check.checkpoint.root:
        return told(places(signed, found), len(signed), export.lines())
    for checkpoint, former in older:
        before = [leaf_of(line) for line in former.lines()]
        if before and signed_hashes(b"".join(before), checkpoint) and before != found[: len(before)]:
            return told(places(before, found, beginning=True), len(found), export.lines())
    follows = [f"Alur yang pertama tidak bersambung: sebelum {check.hole}."] if check.hole else []
    return [
        *follows,
        "Baris mana tepatnya tidak dapat disebut: tidak ada sidik tiap baris untuk dibandingkan.",
    ]


def signed_hashes(given: bytes, checkpoint: Checkpoint) -> list[bytes]:
    """The hashes of the lines that were signed, from a list that need not be true: empty where it does not
    give the root of the checkpoint.
    """
    if len(given) != 32 * checkpoint.size:
        return []
    tree, hashes = RunningRoot(), [given[at : at + 32] for at in range(0, len(given), 32)]
    for one in hashes:
        tree.add(b"", one)
    return hashes if tree.root == checkpoint.root else []


def places(signed: Sequence[bytes], found: Sequence[bytes], *, beginning: bool = False) -> Places:
    """The lines of an export (their hashes) beside those that were signed; `beginning`: more may follow."""
    number = {one: at for at, one in enumerate(signed)}
    order, doubled, unknown, before = dict[int, None](), list[int](), list[tuple[int, int]](), -1
    for at, one in enumerate(found):
        place = number.get(one)
        if place is None:
            before += 1
            unknown.append((at, before))
        elif place in order:
            doubled.append(place)
        else:
            order[place] = None
            before = place
    lacking = {place for place in range(len(signed)) if place not in order}
    changed = [(at, place) for at, place in unknown if place in lacking]
    lacking -= {place for _, place in changed}
    strange = [(at, place - 1) for at, place in unknown if (at, place) not in changed]
    if beginning:
        strange = [(at, place) for at, place in strange if place + 1 < len(signed)]
    moved = [place for place, right in zip(order, sorted(order), strict=True) if place != right]
    return Places(changed, sorted(lacking), strange, doubled, sorted(moved))


def told(found: Places, size: int, lines: Iterator[bytes]) -> list[str]:
    """The places as sentences, of a log of `size` lines. Reads the lines once, for what those say they are
    that do not belong.
    """
    asked = {at for at, _ in (*found.changed, *found.strange)}
    said = {at: event_of(line) for at, line in enumerate(lines) if at in asked}
    sentences = [
        f"Baris #{place} ({said[at]}) bukan yang ditandatangani: isinya diubah."
        for at, place in found.changed
    ]
    sentences += [_removed(first, last, size) for first, last in _runs(found.removed)]
    sentences += [
        f"Sesudah baris #{place} disisipkan satu baris yang tidak pernah ditandatangani ({said[at]})."
        for at, place in found.strange
    ]
    sentences += [f"Baris #{place} digandakan." for place in found.doubled]
    if found.moved:
        first, last = found.moved[0], found.moved[-1]
        sentences.append(
            f"Baris #{first} dan baris #{last} ditukar tempatnya."
            if len(found.moved) == 2
            else f"Urutan baris #{first} sampai #{last} bukan yang ditandatangani."
        )
    more = len(sentences) - MOST
    return sentences[:MOST] + ([f"Masih ada {more} tempat lain yang tidak cocok."] if more > 0 else [])


def _removed(first: int, last: int, size: int) -> str:
    if last == size - 1:
        return f"Ekor log dipotong: baris #{first} sampai #{last} tidak ada."
    return f"Baris #{first} dihapus." if first == last else f"Baris #{first} sampai #{last} dihapus."


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """First and last of each run of numbers that follow each other."""
    found = list[tuple[int, int]]()
    for one in numbers:
        if found and found[-1][1] == one - 1:
            found[-1] = (found[-1][0], one)
        else:
            found.append((one, one))
    return found
