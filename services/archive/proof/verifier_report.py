"""What the verifier found, and what no such check can prove; said so that no name of a file speaks for it.

Role: a part of the verifier (`verifier.py`), joined to it when that is given out; standard library alone.
Previous hop: `verifier.py`. Next hop: a person, in Indonesian or by `verifier_english.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

PROVEN, CONTRADICTED, INCOMPLETE = (
    "TERBUKTI",
    "TIDAK TERBUKTI: ada yang tidak cocok",
    "TIDAK LENGKAP: ada berkas yang kurang",
)
VERDICTS = {"proven": (0, PROVEN), "contradicted": (1, CONTRADICTED), "incomplete": (3, INCOMPLETE)}


@dataclass
class Report:
    """What was found. `verified` only if nothing contradicts; `lacking` was filed and is not there;
    `places` of what was refuted are among it too; `not_proven` must be read all the same.
    """

    verified: bool = False
    origin: str = ""
    size: int = 0
    root: str = ""
    key: str = ""
    proven: list[str] = field(default_factory=list)
    refuted: list[str] = field(default_factory=list)
    not_proven: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        return "contradicted" if not self.verified else "incomplete" if self.lacking else "proven"


def limits(
    size: int, older: Sequence[int], probe: tuple[str, int, str] | None, withheld: int, *, own_key: bool
) -> list[str]:
    """What a check of `size` events, the first ones of them known from other hands, does not prove;
    `withheld`: of how many only the hash is known.
    """
    seen = max(older, default=0)
    told = [
        (
            "Bahwa isi peristiwa benar; yang terbukti hanya: tidak berubah sejak ditandatangani. "
            "Waktunya adalah jam Jejak sendiri."
        )
    ]
    if withheld:
        told.append(
            f"Apa isi {withheld} dari {size} peristiwa: dari daerah lain, jadi hanya sidiknya yang ada di "
            "sini. Bahwa tidak ada alur daerah ini di antaranya: hanya ekspor seluruh log yang "
            "membuktikannya."
        )
    if own_key:
        told.append(
            "Bahwa kuncinya milik arsip: kunci ini dari ekspor sendiri. Bandingkan dengan yang di kertas "
            "(--vkey)."
        )
    if seen < size:
        which = f"peristiwa {seen} ke atas" if seen else "log"
        told.append(
            f"Bahwa pemegang kunci tidak menulis ulang {which}: perlu titik periksa lama dari tangan lain "
            "(--older)."
        )
    if probe is None:
        return [*told, "WORM: log ini tidak mencatat uji kunci penyimpanan."]
    at, checks, failed = probe
    if failed:
        return [*told, f"WORM: tidak ditegakkan oleh penyimpanan ({failed}), menurut uji {at}."]
    return [
        *told,
        (
            f"WORM: ditegakkan menurut uji {at} ({checks} pemeriksaan); keadaan sekarang tidak diperiksa di "
            "sini."
        ),
    ]


def as_text(head: str, told: Mapping[str, Any], limits: str) -> str:
    last = [limits, *(f"  – {one}" for one in told["not_proven"])] if told["verified"] else []
    return "\n".join(
        [head, *(f"  ✓ {one}" for one in told["proven"]), *(f"  ✗ {one}" for one in told["refuted"]), *last]
    )


def plain(sentence: str) -> str:
    """A sentence that stays one line and moves no cursor, whatever stands in the names of files."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape", "surrogatepass").decode()
        for sign in sentence
    )
