"""Rules of the figures (domain notes, section 10): each a function with an id,
a level and a sentence that an officer understands.

Role: the same answer in the form, when handing in and at verification. A rule looks at one figure in the
light of its service and says what it found; whoever asks decides what to do with it. A blank cell is no fault
while filling in, but it is when handing in.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from typing import Literal

from shared.contracts.values import Figure
from shared.spm.catalogue import Service

Level = Literal["block", "warn", "inform"]
Fault = tuple[str, str, Mapping[str, object]]


def later(sentence: str) -> str:
    """Marks a sentence for the catalogue; the rim translates it when it is shown."""
    return sentence


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What `agency` handed in, for who may see it beside the finding; it is part of no explanation."""

    agency: str
    sentence: str
    facts: Mapping[str, object]

    @property
    def said(self) -> Mapping[str, str]:
        return {name: str(value) for name, value in self.facts.items()}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: the service and the cell it means, and the sentence with the facts to fill in.
    `elsewhere`: figures of other agencies, which the sentence leaves out.
    """

    rule: str
    level: Level
    field: str
    sentence: str
    facts: Mapping[str, object] = default(default_factory=dict)
    service: str = ""
    elsewhere: tuple[Elsewhere, ...] = ()

    @property
    def said(self) -> Mapping[str, str]:
        """Its facts as text, as an explanation keeps them."""
        return {name: str(value) for name, value in self.facts.items()}

    @property
    def text(self) -> str:
        return self.sentence.format(**self.facts)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a rule may look at. `complete`: the figure is being handed in, so blanks count."""

    service: Service
    figure: Figure
    complete: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the catalogue: `check` answers (field, sentence, facts) for each fault."""

    id: str
    level: Level
    title: str
    check: Callable[[Asked], Iterable[Fault]]


BLANK = {
    "served": later(
        "Terlayani belum diisi pada {service}: tulis bilangan bulat dalam {unit}; "
        "kosong tidak sama dengan nol."
    ),
    "entitled": later(
        "Berhak belum diisi pada {service}: tulis bilangan bulat dalam {unit}; kosong tidak sama dengan nol."
    ),
}


def numbers_present(asked: Asked) -> Iterator[Fault]:
    figure = asked.figure
    for name in ("served", "entitled", "budget", "realised"):
        number = getattr(figure, name)
        if number is not None and number < 0:
            yield name, later("Jumlah tidak boleh negatif; tulis 0 atau lebih."), {}
    for item, amount in figure.quality.items():
        if min(amount.required, amount.fulfilled) < 0:
            yield f"quality.{item}", later("Jumlah tidak boleh negatif; tulis 0 atau lebih."), {}
    if not asked.complete or figure.answer != "filled":
        return
    for name, sentence in BLANK.items():
        if getattr(figure, name) is None:
            yield name, sentence, _facts(asked)


def served_within_entitled(asked: Asked) -> Iterator[Fault]:
    figure = asked.figure
    if figure.served is not None and figure.entitled is not None and figure.served > figure.entitled:
        facts = {"served": figure.served, "entitled": figure.entitled}
        yield (
            "served",
            later("Terlayani ({served}) melebihi Berhak ({entitled}); periksa kedua angka."),
            facts,
        )


def nihil_said_as_nihil(asked: Asked) -> Iterator[Fault]:
    figure = asked.figure
    if figure.answer == "filled":
        if figure.entitled == 0:
            yield (
                "entitled",
                later("Berhak 0 berarti tidak ada yang dilayani: pilih nihil dan tulis alasannya."),
                {},
            )
        return
    if figure.answer == "nihil" and not asked.service.nihil_allowed:
        yield (
            "answer",
            later("Layanan ini selalu punya penerima dan tidak boleh nihil: {service}."),
            _facts(asked),
        )
    if figure.answer == "nihil" and (figure.served or figure.entitled):
        yield "answer", later("Nihil berarti Berhak tidak ada; kosongkan angkanya atau pilih terisi."), {}
    if not figure.reason.strip():
        yield "reason", later("Tulis alasannya, agar yang membaca kelak mengerti."), {}


RULES = (
    Rule("R01", "block", "Angka ada, bulat, dan tidak negatif", numbers_present),
    Rule("R02", "block", "Terlayani tidak melebihi Berhak", served_within_entitled),
    Rule(
        "R03",
        "block",
        "Berhak nol berarti nihil, dengan alasan, pada layanan yang membolehkannya",
        nihil_said_as_nihil,
    ),
)


def findings(service: Service, figure: Figure, *, complete: bool) -> tuple[Finding, ...]:
    """What all rules say about one figure, in the order of the rules."""
    asked = Asked(service, figure, complete)
    return tuple(
        Finding(rule.id, rule.level, *fault, service.id) for rule in RULES for fault in rule.check(asked)
    )


def _facts(asked: Asked) -> Mapping[str, object]:
    return {"service": asked.service.name, "unit": asked.service.unit}
