"""The submission of an agency: its officer fills the sheet in, attaches evidence, hands in,
attaches the signed form, or takes back.

SOP step 7. `sheet/` is what is typed into the cells. `standing.py` says how a submission stands and how late
it is; `reading.py`, `view.py` and `listing.py` put the pages together, `file_pages.py` has those of its
files; `shapes.py` has the bodies and answers of its JSON.
"""
