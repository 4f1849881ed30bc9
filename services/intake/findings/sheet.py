"""Findings as a sheet to take along, a line for each. What could be taken for a formula is quoted on the way
out (`shared/web/files/sheets.py`).

SOP step 8. Previous hop: `findings/pages.py`. Next hop: a download.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from services.intake.findings.filters import state_of
from services.intake.findings.region import Listed
from services.intake.wording import service_name
from shared.spm.catalogue import named
from shared.web.words.figure_words import cell_name
from shared.web.words.finding_words import LEVELS, STATES, whole_sentence_of
from shared.web.words.i18n import gettext as _

HEADINGS = (
    *("tingkat", "aturan", "perangkat_daerah", "layanan", "kolom", "temuan", "keadaan"),
    *("penjelasan", "petugas", "catatan_selesai", "alamat"),
)


def table_of(rows: Iterable[Listed], who: Callable[[str], str]) -> Iterator[Sequence[str]]:
    """The headings, and a line for each finding; `who` gives the name of a person."""
    yield HEADINGS
    for one in rows:
        finding = one.named.finding
        yield (
            _(LEVELS[finding.level]),
            finding.rule,
            one.of["agency_name"],
            service_name(finding.service),
            cell_name(named(finding.service), finding.field),
            whole_sentence_of(finding),
            _(STATES[state_of(one)]),
            one.said.text if one.said else "",
            who(one.assignee) if one.assignee else "",
            one.resolved,
            f"/verifikasi/{one.case}#layanan-{finding.service}",
        )
