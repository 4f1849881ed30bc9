"""Rules over several services at once: who gives birth was pregnant, who is warned is who is trained, and
figures that copy the target (R11, R14).

Role: called by `judging.py` with the figures of one submission, and with what other agencies handed in for
the services beside them (`grounds.py`). Which services are neighbours, and how, says `neighbours.py`.
"""

from collections.abc import Iterator

from shared.contracts.values import Figure
from shared.spm.meaning.grounds import Grounds, Neighbour, Submitted
from shared.spm.meaning.neighbours import PAIRS, Pair, around
from shared.spm.rules import Elsewhere, Finding, later

NEIGHBOURLY = "neighbours"
"""The cell of what does not agree with another agency: an agency says one word to all of it."""
FROM_OTHERS = later(
    "Berhak {own} tidak cocok dengan yang diserahkan perangkat daerah lain pada {neighbours}."
)
THEIRS = later("{agency} menyerahkan {theirs} pada {neighbour}.")


def services_agree(submitted: Submitted, grounds: Grounds) -> Iterator[Finding]:
    """R11 among services of one agency."""
    for pair in PAIRS:
        first, second = _entitled(submitted, pair.first), _entitled(submitted, pair.second)
        if first is None or second is None or pair.agrees(first, second, grounds.thresholds):
            continue
        facts = pair.facts(first, second, grounds.thresholds)
        yield Finding("R11", "warn", "entitled", pair.sentence, facts, pair.first)


def agencies_agree(submitted: Submitted, grounds: Grounds) -> Iterator[Finding]:
    """R11 between agencies, told to each of them without the number of the other: that stands apart, for who
    may see both.
    """
    for service in submitted.figures:
        own = _entitled(submitted, service)
        if own is None or not grounds.neighbours:
            continue
        apart = [
            (other, grounds.neighbours[other])
            for pair, other in around(service)
            if other not in submitted.figures and not _agrees(pair, service, own, other, grounds)
        ]
        if apart:
            names = [_name(submitted, other) for other, _neighbour in apart]
            facts = {"own": own, "neighbours": "; ".join(names)}
            theirs = tuple(
                Elsewhere(
                    one.agency,
                    THEIRS,
                    {"agency": one.agency_name, "theirs": one.figure.entitled, "neighbour": name},
                )
                for name, (_other, one) in zip(names, apart, strict=True)
            )
            yield Finding("R11", "warn", NEIGHBOURLY, FROM_OTHERS, facts, service, theirs)


def copied_target(submitted: Submitted) -> Iterator[Finding]:
    """R14."""
    filled = {name: figure for name, figure in submitted.figures.items() if figure.answer == "filled"}
    if len(filled) > 1 and all(_is_full(figure) for figure in filled.values()):
        sentence = later("Terlayani sama dengan Berhak pada semua {n} layanan; apakah target yang disalin?")
        yield Finding("R14", "inform", "served", sentence, {"n": len(filled)}, next(iter(filled)))


def _agrees(pair: Pair, service: str, own: int, other: str, grounds: Grounds) -> bool:
    """Whether the own number agrees with that of another agency; with none, as a blank is no ground."""
    neighbour: Neighbour | None = grounds.neighbours.get(other)
    theirs = _number(neighbour.figure) if neighbour else None
    if theirs is None:
        return True
    both = (own, theirs) if service == pair.first else (theirs, own)
    return pair.agrees(*both, grounds.thresholds)


def _name(submitted: Submitted, service: str) -> str:
    known = submitted.catalogue.services.get(service)
    return known.name if known else service


def _is_full(figure: Figure) -> bool:
    return bool(figure.entitled) and figure.served == figure.entitled


def _entitled(submitted: Submitted, service: str) -> int | None:
    figure = submitted.figures.get(service)
    return _number(figure) if figure else None


def _number(figure: Figure) -> int | None:
    return figure.entitled if figure.answer == "filled" else None
