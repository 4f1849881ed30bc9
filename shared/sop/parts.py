"""What the steps of an SOP wait for, as its file writes it:
by these names code asks for a step, never by its place.

Role: the words between the SOP files and the services.
Which step waits for which part, the SOP of the cycle says (`Sop.step_of`).
"""

from typing import Final

FILLING: Final = "intake.submission-received:*"
CHECKING: Final = "verification.all-submissions-approved"
DRAFTING: Final = "documents.document-drafted:{kind}"
HANDING_OVER: Final = "documents.document-handed-over:sk_tim"
ENDORSING: Final = "verification.report-endorsed"
PRINTING: Final = "documents.copies-printed:laporan"
SENDING: Final = "documents.dispatch-sent:{recipient}"
FILING: Final = "archive.cycle-archived"
