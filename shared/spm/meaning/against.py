"""Rules that hold a figure against another time or another source: the period before, last year, how many
people there are (R08 to R10).

Role: called by `judging.py` with one figure that is filled in. Compared are exact values; a blank on either
side is no ground.
"""

from collections.abc import Iterator

from shared.contracts.values import Figure
from shared.spm.catalogue import Service
from shared.spm.index import capaian
from shared.spm.meaning.grounds import Grounds
from shared.spm.rules import Finding, later


def since_the_period_before(service: Service, figure: Figure, grounds: Grounds) -> Iterator[Finding]:
    """R08."""
    before = grounds.earlier.get(service.id)
    if before is None:
        return
    for name, sentence in (
        ("served", later("Terlayani {now} kurang dari periode sebelumnya ({before}), padahal kumulatif.")),
        ("realised", later("Realisasi Rp{now} kurang dari periode sebelumnya (Rp{before}).")),
    ):
        was, now = getattr(before, name), getattr(figure, name)
        if was is not None and now is not None and now < was:
            yield Finding("R08", "warn", name, sentence, {"now": now, "before": was}, service.id)
    was, now = before.entitled, figure.entitled
    if was is not None and now is not None and now != was:
        sentence = later("Berhak {now} berbeda dari periode sebelumnya ({before}) dalam tahun yang sama.")
        yield Finding("R08", "warn", "entitled", sentence, {"now": now, "before": was}, service.id)


def since_last_year(service: Service, figure: Figure, grounds: Grounds) -> Iterator[Finding]:
    """R09."""
    before = grounds.last_year.get(service.id)
    if before is None or before.answer != "filled":
        return
    was, now, most = before.entitled, figure.entitled, grounds.thresholds["entitled"]
    if was is not None and now is not None and abs(now - was) * 100 > abs(was) * most:
        sentence = later("Berhak {now}, tahun lalu {before}: berubah lebih dari {most} %.")
        facts = {"now": now, "before": was, "most": most}
        yield Finding("R09", "warn", "entitled", sentence, facts, service.id)
    then, share, points = capaian(before), capaian(figure), grounds.thresholds["capaian"]
    if then is not None and share is not None and abs(share - then) * 100 > points:
        sentence = later("Capaian {now}, tahun lalu {before}: berubah lebih dari {most} poin.")
        shares = {"now": share, "before": then, "most": points}
        yield Finding("R09", "warn", "capaian", sentence, shares, service.id)


def against_the_population(service: Service, figure: Figure, grounds: Grounds) -> Iterator[Finding]:
    """R10."""
    known, entitled, most = (
        grounds.populations.get(service.id),
        figure.entitled,
        grounds.thresholds["population"],
    )
    if known and entitled is not None and abs(entitled - known) * 100 > known * most:
        sentence = later("Berhak {entitled} berbeda lebih dari {most} % dari penduduk acuan {known}.")
        facts = {"entitled": entitled, "most": most, "known": known}
        yield Finding("R10", "warn", "entitled", sentence, facts, service.id)
