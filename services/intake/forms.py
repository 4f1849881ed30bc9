"""What a person typed into the forms of intake, as values of the commands.

SOP steps 1, 2, 3, 6 and 7. Previous hop: a form. Next hop: `pages.py` and `submission_pages.py`, which build the commands. A number is read by
the writing of the page's language and refused where it could mean two things: `200.558` and `200,558` are not the same everywhere.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, get_args

from shared.contracts.values import Answer, Figure, QualityItem
from shared.eventsourcing.decider import Refused
from shared.spm.catalogue import Service
from shared.web.i18n import gettext as _
from shared.web.i18n import language
from shared.web.problems import FieldError

GROUPED = {"id": re.compile(r"\d{1,3}(\.\d{3})+"), "en": re.compile(r"\d{1,3}(,\d{3})+")}
NUMBERS = ("entitled", "served", "budget", "realised")
MOST = 10**15


class NotANumber(ValueError):
    """What was typed is no whole number, or could mean two."""


def count(text: str) -> int | None:
    """A whole number as typed, None for a blank. Raises NotANumber."""
    plain = re.sub(r"[\s\u00a0]", "", text)
    if not plain:
        return None
    sign, digits = (-1, plain[1:]) if plain.startswith("-") else (1, plain)
    if GROUPED[language.get()].fullmatch(digits):
        digits = re.sub(r"[.,]", "", digits)
    if not (digits.isascii() and digits.isdigit()) or int(digits) > MOST:
        raise NotANumber(text)
    return sign * int(digits)


def day_of(form: Mapping[str, Any], name: str) -> date:
    """The day in a date field. Raises Refused with a sentence where there is none."""
    try:
        return date.fromisoformat(str(form.get(name, "")))
    except ValueError:
        raise Refused("date-unreadable", "Isi tanggal yang ada, misalnya 2026-02-17.", field=name) from None


def planned_of(form: Mapping[str, Any]) -> dict[str, date] | None:
    """The planned days of the work plan (`planned.4` …); None where the form has none."""
    names = [name for name in form if name.startswith("planned.")]
    return {name.partition(".")[2]: day_of(form, name) for name in names} or None


@dataclass(frozen=True, slots=True)
class TypedRow:
    """One service as typed: the figure, or the cells that could not be read. `was`: what the page had shown, by its print."""

    service: str
    figure: Figure
    errors: tuple[FieldError, ...]
    was: str


def row_of(form: Mapping[str, Any], service: Service) -> TypedRow:
    """The row of a service from the fields `<service>.<field>` and `<service>.quality.<item>.required|fulfilled`."""
    errors: list[FieldError] = []

    def number(name: str) -> int | None:
        try:
            return count(str(form.get(f"{service.id}.{name}", "")))
        except NotANumber:
            sentence = _("Tulis bilangan bulat, misalnya 4.075; tanpa huruf dan tanpa angka di belakang koma.")
            errors.append(FieldError(f"{service.id}.{name}", sentence))
            return None

    answer = str(form.get(f"{service.id}.answer", "filled"))
    figure = Figure(
        answer=answer if answer in get_args(Answer) else "filled",  # type: ignore[arg-type]
        **{name: number(name) for name in NUMBERS},
        quality=dict(_quality(service, number, errors)),
        reason=str(form.get(f"{service.id}.reason", "")).strip(),
        origin=str(form.get(f"{service.id}.origin", "")).strip(),
    )
    return TypedRow(service.id, figure, tuple(errors), str(form.get(f"{service.id}.was", "")))


def _quality(service: Service, number: Any, errors: list[FieldError]) -> Iterator[tuple[str, QualityItem]]:
    for kind in service.quality:
        name = f"quality.{kind.id}"
        required, fulfilled = number(f"{name}.required"), number(f"{name}.fulfilled")
        if required is not None and fulfilled is not None:
            yield kind.id, QualityItem(required=required, fulfilled=fulfilled)
        elif (required is None) != (fulfilled is None):
            errors.append(FieldError(f"{service.id}.{name}", _("Isi keduanya: yang dibutuhkan dan yang terpenuhi.")))


def print_of(figure: Figure) -> str:
    """A short name of a figure, so that a page can say which one it had shown."""
    return hashlib.sha256(json.dumps(asdict(figure), sort_keys=True).encode()).hexdigest()[:16]


def figure_of(stored: Mapping[str, Any]) -> Figure:
    """A figure from its row in the read model."""
    quality = {item: QualityItem(**amount) for item, amount in stored["quality"].items()}
    return Figure(**{**stored, "quality": quality})
