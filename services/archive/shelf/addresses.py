"""What addresses of the shelf name: a cycle, and an item of it.

SOP step 13. Previous hop: a browser or a program. Next hop: `shelf/api.py`, `shelf/pages.py`.
"""

from typing import Annotated

from fastapi import Path

from shared.contracts.fields import Text
from shared.web.forms.fields import Checked, CycleId

Cycle = Annotated[CycleId, Path(description="region and year, e.g. 3402-2026")]
ItemId = Annotated[
    str,
    Checked(Text(80, pattern=r"[a-z0-9_]{1,80}")),
    Path(description="e.g. laporan, tanda_terima_gubernur"),
]
