"""How a case is named in the addresses of its routes and pages.

SOP step 8. Used by `checking/api.py` and `checking/pages.py`.
"""

from typing import Annotated

from fastapi import Path

from shared.web.forms.fields import CaseId

Case = Annotated[CaseId, Path(description="cycle, agency and period: 3402-2026-dinkes-tahunan")]
