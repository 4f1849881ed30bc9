"""What the JSON route of a service is made of, by one name:
who looks or acts, what a body may hold, what is answered.

Serves every SOP step. Previous hop: a program with a session token.
Next hop: the sub-room's `orders.py` or `queries.py`. Each name is explained where it comes from.
"""

from shared.web.acting import Act, Acting, CommandAnswer, Look, Looking
from shared.web.declared import does, reads
from shared.web.files.downloads import hand_out
from shared.web.forms.fields import (
    Amount,
    Body,
    CaseId,
    CasePath,
    CycleId,
    CyclePath,
    Day,
    Digest,
    Id,
    Line,
    Name,
    Position,
    Prose,
    Region,
    StepKey,
    StepPath,
)
from shared.web.paging import After, Limit, Page, key_of, page
from shared.web.problems.shape import NotFound

__all__ = [
    "Act",
    "Acting",
    "After",
    "Amount",
    "Body",
    "CaseId",
    "CasePath",
    "CommandAnswer",
    "CycleId",
    "CyclePath",
    "Day",
    "Digest",
    "Id",
    "Limit",
    "Line",
    "Look",
    "Looking",
    "Name",
    "NotFound",
    "Page",
    "Position",
    "Prose",
    "Region",
    "StepKey",
    "StepPath",
    "does",
    "hand_out",
    "key_of",
    "page",
    "reads",
]
