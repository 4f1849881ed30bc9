"""What a person typed into the forms of intake, as values of the commands. The rows of the figure sheet stand in `submission/typed_rows.py`.

SOP steps 1, 2, 3, 6 and 7. Previous hop: a form. Next hop: `board/pages.py` and `submission/pages.py`, which build the commands.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from shared.web.forms.typed import day_of


def planned_of(form: Mapping[str, Any]) -> dict[str, date] | None:
    """The planned days of the work plan (`planned.4` …); None where the form has none."""
    names = [name for name in form if name.startswith("planned.")]
    return {name.partition(".")[2]: day_of(form, name) for name in names} or None
