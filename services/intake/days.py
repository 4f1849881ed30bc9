"""The day that a person names for an act: today where nothing is said, never one that has not come.

Serves every SOP step. Previous hop: the routes. Next hop: the command, as `occurred_on`; when Jejak learned of it is recorded beside.
"""

from datetime import date

from shared.eventsourcing.commands.decider import Refused
from shared.web.acting import Acting


def day_said(act: Acting, said: date | None, field: str = "occurred_on") -> date:
    """The day of the act. Raises Refused for a day to come."""
    if said is not None and said > act.today:
        raise Refused("day-to-come", "Tanggal ini belum terjadi.", field=field)
    return said or act.today
