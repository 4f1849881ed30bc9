"""One step: an official records that a plain one was done, with its evidence,
or takes the due date of today's calendar over.

Serves SOP steps 1, 2, 3 and 6, and the due date of each. `view.py` puts its page together,
`forms.py` reads what was typed; which files a case holds stands in `submission/held_files.py`.
"""
