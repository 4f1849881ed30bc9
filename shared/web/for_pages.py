"""What the route of a page is made of, by one name: who looks or acts, what was typed, what may go wrong,
what is shown.

Serves every SOP step. Previous hop: a browser. Next hop: the sub-room's `orders.py` or `queries.py`.
Each name is explained where it comes from.
"""

from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import Conflict
from shared.web.acting import Act, Acting, CommandAnswer, Look, Looking
from shared.web.declared import does, reads
from shared.web.files.downloads import ALWAYS_ASK, among, hand_out
from shared.web.files.uploads import FORM_LIMIT, take_in_form
from shared.web.forms.csrf import form_of
from shared.web.forms.fields import CaseId, CasePath, CycleId, CyclePath, Digest, OptionalCycle, StepPath
from shared.web.forms.said import said_in
from shared.web.forms.typed import day_of, text_of, whole_of
from shared.web.frame.given_back import sent_on, unsent, why_sent_on
from shared.web.frame.rendering import remember_what_was_done, render, see_other, typed
from shared.web.problems.shape import FieldError, NotFound, field_errors, sentence_of
from shared.web.running import now_of, running_of, today_of
from shared.web.words.i18n import gettext, later, ngettext

__all__ = [
    "ALWAYS_ASK",
    "FORM_LIMIT",
    "Act",
    "Acting",
    "CaseId",
    "CasePath",
    "CommandAnswer",
    "Conflict",
    "CycleId",
    "CyclePath",
    "Digest",
    "FieldError",
    "Look",
    "Looking",
    "NotFound",
    "OptionalCycle",
    "Refused",
    "StepPath",
    "among",
    "day_of",
    "does",
    "field_errors",
    "form_of",
    "gettext",
    "hand_out",
    "later",
    "ngettext",
    "now_of",
    "reads",
    "remember_what_was_done",
    "render",
    "running_of",
    "said_in",
    "see_other",
    "sent_on",
    "sentence_of",
    "take_in_form",
    "text_of",
    "today_of",
    "typed",
    "unsent",
    "whole_of",
    "why_sent_on",
]
