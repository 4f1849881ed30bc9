"""Rules that need nothing but one service: blanks, money, quality, evidence (R01, R05 to R07, R12, R15).

Role: called by `judging.py` with one figure that is filled in. A blank is never taken for a zero.
"""

from collections.abc import Iterable, Iterator, Sequence

from shared.contracts.values import Figure, StoredFile
from shared.spm.catalogue import Service
from shared.spm.evidence import needs_evidence
from shared.spm.meaning.grounds import Grounds, Submitted
from shared.spm.rules import Finding, later


def blank_cells(service: Service, figure: Figure) -> Iterator[Finding]:
    """R01 for what may be blank when handing in, but not without a word."""
    for name, sentence in (
        ("budget", later("Anggaran belum diisi pada {service}; kosong tidak sama dengan nol.")),
        ("realised", later("Realisasi belum diisi pada {service}; kosong tidak sama dengan nol.")),
    ):
        if getattr(figure, name) is None:
            yield Finding("R01", "warn", name, sentence, {"service": service.name}, service.id)
    blank = [kind for kind in service.quality if kind.id not in figure.quality]
    if blank:
        sentence = later("{n} dari {all} butir mutu belum diisi pada {service}: {items}.")
        facts = {
            "n": len(blank),
            "all": len(service.quality),
            "service": service.name,
            "items": "; ".join(kind.name for kind in blank),
        }
        yield Finding("R01", "warn", "quality", sentence, facts, service.id)


def within_budget(service: Service, figure: Figure, grounds: Grounds) -> Iterator[Finding]:
    """R05."""
    budget, realised = figure.budget, figure.realised
    if budget is None or realised is None or realised <= budget:
        return
    most = grounds.thresholds["overspent"]
    far = realised * 100 > budget * most
    sentence = (
        later("Realisasi Rp{realised} lebih dari {most} % anggaran Rp{budget}; periksa kedua angka.")
        if far
        else later("Realisasi Rp{realised} melebihi anggaran Rp{budget}; jelaskan sebabnya.")
    )
    facts = {"realised": realised, "budget": budget, "most": most}
    yield Finding("R05", "block" if far else "warn", "realised", sentence, facts, service.id)


def money_for_people(service: Service, figure: Figure) -> Iterator[Finding]:
    """R06."""
    entitled, budget = figure.entitled, figure.budget
    if budget == 0 and entitled:
        sentence = later("Anggaran 0, padahal Berhak {entitled}; dari mana pelayanannya dibiayai?")
        yield Finding("R06", "warn", "budget", sentence, {"entitled": entitled}, service.id)
    if budget and figure.served == 0:
        sentence = later("Anggaran Rp{budget}, padahal Terlayani 0; jelaskan sebabnya.")
        yield Finding("R06", "warn", "served", sentence, {"budget": budget}, service.id)


def with_evidence(service: Service, submitted: Submitted) -> Iterator[Finding]:
    """R07: stops the approval of a number, not the hand-in."""
    if needs_evidence(submitted.figures[service.id]) and not submitted.supporting(service.id):
        sentence = later("Belum ada berkas bukti untuk {service}; tanpa bukti angkanya tidak disetujui.")
        yield Finding("R07", "block", "evidence", sentence, {"service": service.name}, service.id)


def quality_within_required(service: Service, figure: Figure) -> Iterator[Finding]:
    """R12."""
    for kind in service.quality:
        amount = figure.quality.get(kind.id)
        if amount is not None and amount.fulfilled > amount.required:
            sentence = later(
                "{item}: terpenuhi {fulfilled} melebihi yang dibutuhkan {required}; "
                "dihitung paling banyak 100 %."
            )
            fulfilled, required = amount.fulfilled, amount.required
            facts = {"item": kind.name, "fulfilled": fulfilled, "required": required}
            yield Finding("R12", "warn", f"quality.{kind.id}", sentence, facts, service.id)


def evidence_of_its_own(service: Service, submitted: Submitted, grounds: Grounds) -> Iterator[Finding]:
    """R15. A file is told once, at the first of the services that it stands for, which are all named there;
    the agency says one word to all that it hands in again.
    """
    again = _again(service.id, submitted, grounds)
    if again:
        yield from _as_last_year(service, again, submitted, grounds)
    for attached in submitted.supporting(service.id):
        if attached.file in again or len(attached.services) < 2:
            continue
        shown = [one for one in _with_files(submitted) if one.id in attached.services]
        if shown[0].id == service.id:
            sentence = later("Berkas bukti {file} ({digest}) mendukung {n} layanan sekaligus: {services}.")
            facts = {
                "file": attached.file.name,
                "digest": attached.file.digest[:8],
                "n": len(shown),
                "services": _names(shown),
            }
            if len(shown) > 1:
                yield Finding("R15", "inform", "evidence", sentence, facts, service.id)


def _as_last_year(
    service: Service, again: list[StoredFile], submitted: Submitted, grounds: Grounds
) -> Iterator[Finding]:
    alike = [one for one in _with_files(submitted) if _again(one.id, submitted, grounds) == again]
    if alike[0].id != service.id:
        return
    facts = {
        "file": "; ".join(file.name for file in again),
        "digest": "; ".join(file.digest[:8] for file in again),
    }
    sentence = later("Berkas bukti {file} ({digest}) sama persis dengan bukti tahun lalu.")
    if len(alike) > 1:
        sentence = later("Berkas bukti {file} ({digest}) sama persis dengan bukti tahun lalu: {services}.")
        facts["services"] = _names(alike)
    yield Finding("R15", "warn", "evidence", sentence, facts, service.id)


def _again(service: str, submitted: Submitted, grounds: Grounds) -> list[StoredFile]:
    """The files of a service that lay beside its figures a year ago too."""
    return [one.file for one in submitted.supporting(service) if one.file.digest in grounds.files_before]


def _with_files(submitted: Submitted) -> Sequence[Service]:
    """The services whose files are looked at, in the order of the catalogue."""
    figures = submitted.figures
    return [
        one
        for one in submitted.catalogue.services.values()
        if one.id in figures and figures[one.id].answer != "nihil"
    ]


def _names(services: Iterable[Service]) -> str:
    return "; ".join(one.name for one in services)
