"""What addresses of the log name: the place of a line, and the size of a checkpoint.

Every SOP step. Previous hop: a browser or a program.
Next hop: `log/api.py`, `proof/api.py`, `trail/pages.py`.
"""

from typing import Annotated

from fastapi import Path, Query

from shared.web.forms.fields import Position

Index = Annotated[Position, Path(description="place of the line in the log, from 0")]
Size = Annotated[
    Position | None, Query(ge=1, description="of the checkpoint; the newest where nothing is said")
]
