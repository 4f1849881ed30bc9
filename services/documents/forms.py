"""What a refusal says about a form of documents.

SOP steps 4, 5, 9–12. Previous hop: a command that was refused.
Next hop: `papers/pages.py` and `dispatch/pages.py`, which show the form once more.
"""

from collections.abc import Mapping

from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import Conflict
from shared.web.problems.shape import FieldError, field_errors
from shared.web.words.i18n import gettext as _


def errors_of(error: Refused | Conflict, places: Mapping[str, str]) -> tuple[FieldError, ...]:
    """A refusal beside the field of this form that it means; a conflict as a sentence on top."""
    return field_errors(
        error, places, _("Dokumen ini berubah sejak Anda membukanya. Periksa lagi, lalu ulangi.")
    )
