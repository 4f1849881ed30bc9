"""Services that count the same people, or some of them, and how their *Berhak* must agree (R11).

Role: the table that `together.py` asks. Source: domain notes, section 10, and what `layanan.yaml` says each
service counts. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from shared.spm.meaning.thresholds import Thresholds
from shared.spm.rules import later

Relation = Literal["at most", "equal", "births"]
"""`births`: as near as that threshold says."""


@dataclass(frozen=True, slots=True)
class Pair:
    """`first` is where a finding stands when one agency answers for both; `names`: as which facts its number
    and that of `second` stand in `sentence`.
    """

    first: str
    relation: Relation
    second: str
    sentence: str
    names: tuple[str, str]

    def agrees(self, first: int, second: int, thresholds: Thresholds) -> bool:
        """Whether both numbers can be true at once."""
        match self.relation:
            case "at most":
                return first <= second
            case "equal":
                return first == second
            case "births":
                return abs(first - second) * 100 <= second * thresholds["births"]

    def facts(self, first: int, second: int, thresholds: Thresholds) -> Mapping[str, object]:
        """What `sentence` names."""
        most = {"most": thresholds["births"]} if self.relation == "births" else {}
        return {self.names[0]: first, self.names[1]: second, **most}


PAIRS: Sequence[Pair] = (
    Pair(
        "kes.ibu_bersalin",
        "at most",
        "kes.ibu_hamil",
        later("Ibu bersalin {birth} lebih banyak dari ibu hamil {pregnant}."),
        ("birth", "pregnant"),
    ),
    Pair(
        "kes.bayi_baru_lahir",
        "births",
        "kes.ibu_bersalin",
        later("Bayi baru lahir {newborn} berbeda lebih dari {most} % dari ibu bersalin {birth}."),
        ("newborn", "birth"),
    ),
    Pair(
        "trantib.siaga_bencana",
        "equal",
        "trantib.info_bencana",
        later("Penduduk rawan bencana {trained} pada kesiapsiagaan, {warned} pada informasi; mestinya sama."),
        ("trained", "warned"),
    ),
    Pair(
        "kes.usia_dikdas",
        "at most",
        "pend.dasar",
        later("Anak usia pendidikan dasar {children} lebih banyak dari anak usia 7–15 tahun {schooled}."),
        ("children", "schooled"),
    ),
    Pair(
        "pu.air_limbah",
        "equal",
        "pu.air_minum",
        later("Rumah tangga {drained} pada air limbah, {watered} pada air minum; mestinya sama."),
        ("drained", "watered"),
    ),
)
NEIGHBOURS: Sequence[str] = sorted({name for pair in PAIRS for name in (pair.first, pair.second)})
"""Every service that has one."""


def around(service: str) -> Iterator[tuple[Pair, str]]:
    """The pairs of a service, each with the other service in it."""
    for pair in PAIRS:
        if service == pair.first:
            yield pair, pair.second
        elif service == pair.second:
            yield pair, pair.first
