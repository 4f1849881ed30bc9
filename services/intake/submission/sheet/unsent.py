"""What stands typed on the sheet beside the button that was pressed: answers to points, and reasons to
withdraw a file. They are told and stay, as no other button sends them.

SOP step 7. Previous hop: `submission/pages.py` and `file_pages.py`, after the sheet was stored (`form.py`).
Next hop: `view.py`. Pure.
"""

from dataclasses import replace

from starlette.datastructures import FormData

from services.intake.submission.sheet.form import ANSWERED, Feedback
from shared.web.frame.given_back import unsent
from shared.web.words.i18n import gettext as _

WITHDRAWN = "reason."
"""The same of the field in which somebody says why a file is withdrawn: `reason.<digest>`."""


def beside(
    feedback: Feedback, form: FormData, *, done: str = "", taken: bool = False, why: str = ""
) -> Feedback:
    """With the texts of the sheet's other buttons, which this one did not send, each told at its field:
    answers to points and reasons to withdraw a file. `done`: the field that this button sent.

    An answer (`utas`) comes by way of verification, which has `taken` it or refused it (`why`).
    """
    answer = f"{ANSWERED}{form['utas']}" if "utas" in form else ""
    if answer and not taken:
        feedback = feedback.and_error(
            answer, why or _("Jawaban ini belum diterima. Periksa, lalu kirim lagi.")
        )
    left = unsent(form, done, answer if taken else "")
    answers = {name: text for name, text in left.items() if name.startswith(ANSWERED)}
    reasons = {name: text for name, text in left.items() if name.startswith(WITHDRAWN)}
    for name in answers:
        if name != answer:
            sentence = _("Jawaban ini belum dikirim: tekan Kirim jawaban di bawahnya.")
            feedback = feedback.and_error(name, sentence)
    for name in reasons:
        feedback = feedback.and_error(name, _("Berkas ini belum ditarik: tekan Tarik berkas di bawahnya."))
    return replace(feedback, answered=answers, values={**reasons, **feedback.values})
