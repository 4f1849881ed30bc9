"""Capaian and index: computed from figures, never typed; exact fractions inside, rounded once at the rim
(`rounding.py`).

Role: the same arithmetic for form, verification and report. What the regulation leaves open is a setting with
a version, printed in the report (domain notes, section 1.5). The category is decided on the exact value.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from shared.contracts.values import Figure, QualityItem
from shared.spm.catalogue import GROUPS, Catalogue, Service
from shared.spm.rounding import PLACES, STATED, of_hundred

BANDS = (
    (100, "Tuntas Paripurna"),
    (90, "Tuntas Utama"),
    (80, "Tuntas Madya"),
    (70, "Tuntas Pratama"),
    (60, "Tuntas Muda"),
)
LOWEST = "Belum Tuntas"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSettings:
    """What the regulation leaves open, with the version that names this choice.

    `cap`: no ratio counts for more than 100 %. `mean_over`: the whole is the mean of the urusan or of the
    services. `quality_over`: the mean of all quality items, or first of each group. `nihil`: a service with
    nobody to serve is left out, or counts as 100. `blank_quality`: where nobody filled in a quality item, the
    index rests on the others and is marked, or there is none. In neither does a blank count as zero, as it
    did in version 1.
    """

    version: int = 2
    cap: bool = True
    mean_over: Literal["urusan", "services"] = "urusan"
    quality_over: Literal["items", "groups"] = "items"
    nihil: Literal["left_out", "full"] = "left_out"
    blank_quality: Literal["left_out", "no_index"] = "left_out"

    def sentences(self) -> tuple[str, ...]:
        """The choices as the report prints them."""
        return (
            f"Parameter indeks versi {self.version}.",
            "Rasio dibatasi 100 %." if self.cap else "Rasio tidak dibatasi 100 %.",
            "Indeks kabupaten adalah rata-rata "
            + ("enam urusan." if self.mean_over == "urusan" else "seluruh layanan."),
            "Mutu adalah rata-rata "
            + ("seluruh butir." if self.quality_over == "items" else "kelompok butir."),
            "Layanan nihil " + ("tidak dihitung." if self.nihil == "left_out" else "dihitung 100."),
            "Kosong tidak sama dengan nol: butir mutu kosong "
            + (
                "tidak dihitung, dan indeksnya ditandai belum lengkap."
                if self.blank_quality == "left_out"
                else "membuat indeks layanannya tidak dihitung."
            ),
            STATED,
        )


@dataclass(frozen=True, slots=True)
class ServiceIndex:
    """One service: recipients and quality as ratios, index from 0 to 100. None: nothing to compute from.

    `missing`: the cells that are blank and that the index asks for, by name; ("",) is the whole figure.
    """

    service: str
    recipients: Fraction | None
    quality: Fraction | None
    index: Fraction | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Index:
    """The index of every service, every urusan and the whole, with the settings they were computed under."""

    services: Mapping[str, ServiceIndex]
    urusan: Mapping[str, Fraction | None]
    whole: Fraction | None
    settings: IndexSettings

    @property
    def missing(self) -> Mapping[str, tuple[str, ...]]:
        """The services whose figures are incomplete, with what is blank; empty: nothing is missing."""
        return {name: entry.missing for name, entry in self.services.items() if entry.missing}


STANDARD = IndexSettings()


def capaian(figure: Figure, settings: IndexSettings = STANDARD) -> Fraction | None:
    """Served over entitled; None for blank, not yet, nihil and an entitled of zero."""
    parts = capaian_parts(figure, settings)
    return Fraction(*parts) if parts else None


def capaian_parts(figure: Figure, settings: IndexSettings = STANDARD) -> tuple[int, int] | None:
    """The two numbers of a capaian, for who adds up thousands of them; None as `capaian` answers it."""
    if figure.answer != "filled" or figure.served is None or not figure.entitled:
        return None
    served, entitled = figure.served, figure.entitled
    return (1, 1) if settings.cap and served > entitled else (served, entitled)


def quality(service: Service, figure: Figure, settings: IndexSettings = STANDARD) -> Fraction | None:
    """Mean of the quality ratios. A blank item, and one of which nothing is required, is left out;
    None where nothing is left.
    """
    if figure.answer != "filled":
        return None
    if settings.blank_quality == "no_index" and any(
        kind.id not in figure.quality for kind in service.quality
    ):
        return None
    ratios = {kind.id: _ratio(figure.quality.get(kind.id), settings) for kind in service.quality}
    if settings.quality_over == "items":
        return _mean(ratios.values())
    return _mean(
        _mean(ratios[kind.id] for kind in service.quality if kind.group == group) for group in GROUPS
    )


def blanks(service: Service, figure: Figure) -> tuple[str, ...]:
    """The cells that the index of a service asks for and that nobody filled in, in the order of the form;
    ("",) where there is no figure yet. Nihil with its reason is an answer.
    """
    if figure.answer == "nihil":
        return ()
    if figure.answer == "not_yet" or figure == Figure():
        return ("",)
    counts = [name for name in ("entitled", "served") if getattr(figure, name) is None]
    items = [f"quality.{kind.id}" for kind in service.quality if kind.id not in figure.quality]
    return (*counts, *items)


def of_service(
    catalogue: Catalogue, service: str, figure: Figure, settings: IndexSettings = STANDARD
) -> ServiceIndex:
    """Recipients and quality of one service, weighted to an index."""
    kind = catalogue.services[service]
    recipients, mutu = capaian(figure, settings), quality(kind, figure, settings)
    missing = blanks(kind, figure)
    if figure.answer == "nihil" and settings.nihil == "full":
        return ServiceIndex(service, None, None, Fraction(100))
    if recipients is None or mutu is None:
        return ServiceIndex(service, recipients, mutu, None, missing)
    return ServiceIndex(
        service,
        recipients,
        mutu,
        100 * (catalogue.recipients_weight * recipients + catalogue.quality_weight * mutu),
        missing,
    )


def compute(catalogue: Catalogue, figures: Mapping[str, Figure], settings: IndexSettings = STANDARD) -> Index:
    """The index from the figures of all services; a service without a figure is blank and counts nowhere."""
    services = {
        service: of_service(catalogue, service, figures.get(service, Figure()), settings)
        for service in catalogue.services
    }
    urusan = {
        urusan.id: _mean(services[service.id].index for service in catalogue.of_urusan(urusan.id))
        for urusan in catalogue.urusan
    }
    over = urusan.values() if settings.mean_over == "urusan" else [entry.index for entry in services.values()]
    return Index(services, urusan, _mean(over), settings)


def category(index: Fraction) -> str:
    """The category of an exact index; bands are half-open, so 99.998 is not Paripurna.
    Above 100 (uncapped) is Paripurna too.
    """
    return next((name for lower, name in BANDS if index >= lower), LOWEST)


def decimal(value: Fraction, places: int = PLACES) -> str:
    """A number in Indonesian writing with a decimal comma, rounded as STATED says."""
    return f"{of_hundred(value, places):,f}".translate(str.maketrans(",.", ".,"))


def percent(ratio: Fraction) -> str:
    """A ratio as a percentage: 4075/4122 → "98,86 %"."""
    return f"{decimal(ratio * 100)} %"


def _capped(ratio: Fraction, settings: IndexSettings) -> Fraction:
    return min(ratio, Fraction(1)) if settings.cap else ratio


def _ratio(item: QualityItem | None, settings: IndexSettings) -> Fraction | None:
    if item is None or not item.required:
        return None
    return _capped(Fraction(item.fulfilled, item.required), settings)


def _mean(values: Iterable[Fraction | None]) -> Fraction | None:
    known = [value for value in values if value is not None]
    return sum(known, Fraction(0)) / len(known) if known else None
