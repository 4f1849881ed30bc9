"""Rules over several services at once: who gives birth was pregnant, who is warned is who is trained, and
figures that copy the target (R11, R14).

Role: called by `judging.py` with all figures that the one who asks may see: an agency its own, the findings
list those of the region.
"""

from collections.abc import Iterator

from shared.contracts.values import Figure
from shared.spm.meaning.grounds import Grounds, Submitted
from shared.spm.rules import Finding, later

PREGNANT, BIRTH, NEWBORN = "kes.ibu_hamil", "kes.ibu_bersalin", "kes.bayi_baru_lahir"
WARNED, TRAINED = "trantib.info_bencana", "trantib.siaga_bencana"


def services_agree(submitted: Submitted, grounds: Grounds) -> Iterator[Finding]:
    """R11."""
    pregnant, birth, newborn = (_entitled(submitted, name) for name in (PREGNANT, BIRTH, NEWBORN))
    if pregnant is not None and birth is not None and birth > pregnant:
        sentence = later("Ibu bersalin {birth} lebih banyak dari ibu hamil {pregnant}.")
        facts = {"birth": birth, "pregnant": pregnant}
        yield Finding("R11", "warn", "entitled", sentence, facts, BIRTH)
    most = grounds.thresholds["births"]
    if birth is not None and newborn is not None and abs(newborn - birth) * 100 > birth * most:
        sentence = later("Bayi baru lahir {newborn} berbeda lebih dari {most} % dari ibu bersalin {birth}.")
        facts = {"newborn": newborn, "most": most, "birth": birth}
        yield Finding("R11", "warn", "entitled", sentence, facts, NEWBORN)
    warned, trained = (_entitled(submitted, name) for name in (WARNED, TRAINED))
    if warned is not None and trained is not None and warned != trained:
        sentence = later(
            "Penduduk rawan bencana {trained} pada kesiapsiagaan, {warned} pada informasi; mestinya sama."
        )
        yield Finding("R11", "warn", "entitled", sentence, {"trained": trained, "warned": warned}, TRAINED)


def copied_target(submitted: Submitted) -> Iterator[Finding]:
    """R14."""
    filled = {name: figure for name, figure in submitted.figures.items() if figure.answer == "filled"}
    if len(filled) > 1 and all(_is_full(figure) for figure in filled.values()):
        sentence = later("Terlayani sama dengan Berhak pada semua {n} layanan; apakah target yang disalin?")
        yield Finding("R14", "inform", "served", sentence, {"n": len(filled)}, next(iter(filled)))


def _is_full(figure: Figure) -> bool:
    return bool(figure.entitled) and figure.served == figure.entitled


def _entitled(submitted: Submitted, service: str) -> int | None:
    figure = submitted.figures.get(service)
    return figure.entitled if figure and figure.answer == "filled" else None
