"""What addresses of certificates name: a certificate, by its number.

SOP step 13, and every step before it. Previous hop: a browser or a program. Next hop: `certificate/api.py`,
`certificate/pages.py`.
"""

from typing import Annotated

from fastapi import Path

Number = Annotated[int, Path(ge=1, le=1_000_000, description="the number of a certificate")]
