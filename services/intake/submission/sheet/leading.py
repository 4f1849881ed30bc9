"""Where on which page of the sheet stands what is to be mended: the sheet shows one urusan at a time, so the
link of a mistake in another one leads to the field on that one's page.

SOP step 7. Previous hop: a refusal, by its field. Next hop: the summary on top of the sheet. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from services.intake.submission.sheet.form import ANSWERED
from services.intake.submission.sheet.warnings import FIELD
from shared.spm.catalogue import Service
from shared.web.problems.shape import FieldError

_ABOUT = (ANSWERED, f"{FIELD}:")
EVIDENCE = "bukti"
"""The part of the page with the files: the same whichever urusan is shown."""


def led_to(
    errors: Iterable[FieldError], services: Mapping[str, Service], here: str, shown: str
) -> tuple[FieldError, ...]:
    """Each with the field that it means, on its page. `here`: the address of the sheet; `shown`: the urusan
    that it shows now.
    """
    return tuple(_led(error, services, here, shown) for error in errors)


def _led(error: FieldError, services: Mapping[str, Service], here: str, shown: str) -> FieldError:
    about = next((start for start in _ABOUT if error.field.startswith(start)), "")
    name, cell = _split(error.field.removeprefix(about), services)
    if not name:
        return error
    if not about and cell == "evidence":
        return replace(error, field=EVIDENCE)
    urusan = services[name].urusan
    page = "" if urusan == shown else f"{here}?urusan={urusan}"
    return replace(error, field=error.field if about or cell else f"{name}.entitled", page=page)


def _split(field: str, services: Mapping[str, Service]) -> tuple[str, str]:
    """The service that a field names, and the cell; empty where it names none."""
    for name in services:
        if field == name or field.startswith((f"{name}.", f"{name}:")):
            return name, field[len(name) + 1 :]
    return "", ""
