"""How a dispatch is named in the addresses of its routes and pages.

SOP step 12. Used by `dispatch/api.py` and `dispatch/pages.py`.
"""

from typing import Annotated

from fastapi import Path

from shared.contracts.fields import Text
from shared.sop.document_kinds import document_kinds
from shared.web.forms.fields import Checked

Recipient = Annotated[
    str,
    Checked(Text(40, pattern=r"[a-z0-9_]{1,40}")),
    Path(examples=[next(iter(document_kinds().recipient))]),
]
