"""The files of an export against the log: what each is, whose name it bears, which lack or lie elsewhere.

Role: a part of the verifier (`verifier.py`), joined to it when that is given out; standard library alone.
Previous hop: `verifier.py`, when the log holds. Next hop: `verifier_report.py`.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.archive.proof.verifier_export import LONGEST_LINE, README, dropped
from services.archive.proof.verifier_log import Item, LogCheck
from services.archive.proof.verifier_report import Report

COPY = re.compile(r"(-[0-9a-f]{8}| \(\d+\)| - (copy|salinan)( \(\d+\))?|_copy|~)$")
DAMAGED = re.compile(r"^  RUSAK ([0-9a-f]{64}) ", re.MULTILINE)


def compare_files(
    check: LogCheck, files: Mapping[str, str], whole: bool, entries: Mapping[str, Any], report: Report
) -> list[str]:
    """Every file against the log: what it is, what lacks, what lies elsewhere than the archive put it.
    Answers what contradicts.
    """
    wrong = list[str]()
    for name, digest in files.items():
        held, posed = check.filed.get(digest, ()), misplaced(name, digest, check.filed)
        title = f"“{next((item for item in held if _lies(name, item)), held[0])[0]}”" if held else "berkas"
        if posed and digest in check.seen:
            wrong.append(
                f"{name} bernama seperti “{posed}”, tetapi isinya {title} yang disebut peristiwa "
                f"{check.seen[digest]}."
            )
        elif posed:
            wrong.append(
                f"{name} tidak dikenal log: tidak ada peristiwa yang menyebut sidiknya {digest[:16]}…."
            )
        elif digest in check.seen:
            report.proven.append(
                f"{name}: isinya persis {title} yang disebut peristiwa {check.seen[digest]}."
            )
        else:
            report.not_proven.append(f"{name}: tidak termasuk bukti; tidak ada peristiwa yang menyebutnya.")
    if whole:
        report.lacking += [
            f"{title}: ada di arsip menurut log, tetapi tidak di ekspor ini."
            for title in lacking(check.filed, files)
        ]
    report.not_proven += sorted(report.lacking) + also(entries, files, check.filed)
    return wrong


def misplaced(name: str, digest: str, filed: Mapping[str, Sequence[Item]]) -> str:
    """The title of the filed file whose name this one bears without being it; empty where it does not."""
    folder, last = name.rpartition("/")[0].rpartition("/")[2], name.rpartition("/")[2]
    called = {_bare(last), _bare(COPY.sub("", _bare(last).rpartition(".")[0] or _bare(last)))}
    items = [(known, item) for known, several in filed.items() for item in several]
    here = [one for one in items if one[1][3] and _bare(one[1][3]) == _bare(folder)]
    posed = [
        (known, item) for known, item in here or items if called & {_bare(item[1]), _bare(item[2])} - {""}
    ]
    return "" if not posed or digest in {known for known, _ in posed} else posed[0][1][0]


def lacking(filed: Mapping[str, Sequence[Item]], files: Mapping[str, str]) -> Iterator[str]:
    """Items without a file, by title. Each has its own, also where several have the same bytes;
    the one that lies in its place is its.
    """
    titles = Counter(item[0] for items in filed.values() for item in items)
    for digest, items in filed.items():
        names = [name for name, known in files.items() if known == digest]
        elsewhere = [item for item in items if not any(_lies(name, item) for name in names)]
        for title, _, _, cycle in elsewhere[max(0, len(names) - len(items) + len(elsewhere)) :]:
            yield f"“{title}” ({cycle})" if titles[title] > 1 and cycle else f"“{title}”"


def _lies(name: str, item: Item) -> bool:
    """Whether a file lies where the archive puts that of an item."""
    folder, stem = name.rpartition("/")[0].rpartition("/")[2], name.rpartition("/")[2].rpartition(".")[0]
    return _bare(folder) == _bare(item[3]) and _bare(item[1]) in {_bare(stem), COPY.sub("", _bare(stem))}


def _bare(name: str) -> str:
    """A name without what file systems and desktops change in it."""
    return unicodedata.normalize("NFC", name).casefold().strip()


def also(
    entries: Mapping[str, Any], files: Mapping[str, str], filed: Mapping[str, Sequence[Item]]
) -> list[str]:
    """What else is to be said of a folder: what lies elsewhere, what the export itself names as damaged,
    what other programs left in it.
    """
    told = ""
    if README in entries:
        with entries[README].open("rb") as stream:
            told = stream.read(LONGEST_LINE).decode(errors="replace")
    homes = {
        name: [item for item in filed.get(digest, ()) if item[1] and item[3]]
        for name, digest in files.items()
    }
    moved = [
        f"{name} ({items[0][3]}/{items[0][1]})"
        for name, items in homes.items()
        if items and not any(_lies(name, item) for item in items)
    ]
    damaged = [f"“{item[0]}”" for digest in DAMAGED.findall(told) for item in filed.get(digest, ())]
    said = {
        "Tidak di tempatnya atau berganti nama (di arsip)": moved,
        "Rusak di penyimpanan arsip ketika diekspor": damaged,
        "Sisa program lain, bukan bagian ekspor": list(filter(dropped, entries)),
    }
    return [f"{what}: {', '.join(names)}." for what, names in said.items() if names]
