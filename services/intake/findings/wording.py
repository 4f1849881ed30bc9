"""A finding in words for a page: its sentence, its cell, how far it has come, and where its cell is found.

SOP step 8. Previous hop: `findings/pages.py`. Next hop: the templates.
"""

from typing import Any

from fastapi import Request

from services.intake.findings.filters import state_of
from services.intake.findings.region import Listed
from services.intake.wording import service_name, words_of
from shared.spm.catalogue import named
from shared.web.words.figure_words import cell_name
from shared.web.words.finding_words import LEVELS, STATES, whole_sentence_of
from shared.web.words.i18n import gettext as _

ON_DESK = frozenset({"served", "entitled", "capaian", "budget", "realised", "answer", "reason"})
"""Cells of which the verifier's page has a line."""
PLACES = {"neighbours": "entitled"}
"""Where on the sheet a finding is mended that is of no cell alone."""


def in_a_line(one: Listed) -> str:
    """As an entry of a list to choose from."""
    finding = one.named.finding
    return f"{finding.rule} · {service_name(finding.service)} · {whole_sentence_of(finding)}"[:160]


def pieces(request: Request) -> dict[str, Any]:
    """What the pieces of a finding are called."""
    return {
        "said_of": whole_sentence_of,
        "cell_name": lambda finding: cell_name(named(finding.service), finding.field),
        "service_name": service_name,
        "state_of": state_of,
        "levels": {name: _(word) for name, word in LEVELS.items()},
        "states": {name: _(word) for name, word in STATES.items()},
        "words": words_of(request),
        "desk": _desk,
        "sheet": _sheet,
    }


def _desk(one: Listed) -> str:
    """The cell on the verifier's page, or its service where the finding is of no cell alone."""
    finding = one.named.finding
    alone = finding.field in ON_DESK or finding.field.startswith("quality.")
    place = f"sel:{finding.service}:{finding.field}" if alone else f"layanan-{finding.service}"
    return f"/verifikasi/{one.case}#{place}"


def _sheet(one: Listed) -> str:
    """The cell on the agency's own sheet."""
    finding = one.named.finding
    service, cell = named(finding.service), PLACES.get(finding.field, finding.field)
    return f"/isian/{one.case}?urusan={service.urusan if service else ''}#{finding.service}.{cell}"
