"""What the calendar behind a due date is called: for an official in words, with its version for who compares.

Every SOP step. Previous hop: a due date, which names its calendar (`libur-id-0.109+1`: the holidays that came
with the program, and how many changes of the region were known). Next hop: a page.
"""

from shared.web.words.i18n import gettext as _
from shared.web.words.i18n import ngettext


def calendar_words(name: str) -> str:
    """`Kalender libur nasional`, and how many changes of the region it knew where there were any."""
    changes = int(name.rpartition("+")[2]) if "+" in name else 0
    if not changes:
        return _("Kalender libur nasional dan cuti bersama")
    return ngettext(
        "Kalender libur nasional dan cuti bersama, dengan {n} perubahan daerah",
        "Kalender libur nasional dan cuti bersama, dengan {n} perubahan daerah",
        changes,
    ).format(n=changes)


def calendar_version(name: str) -> str:
    """Its version alone: `0.109+1`."""
    return name.removeprefix("libur-id-")
