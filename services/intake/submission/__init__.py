"""The submission of an agency: its officer fills the sheet in, attaches evidence, hands in, attaches the signed form, or takes back.

SOP step 7. The sheet comes in by `typed_rows.py` and `cell_text.py`, is stored cell by cell by `sheet_form.py` and `sheet_saving.py`, and shown by
`reading.py`, `sheet.py` and `view.py`; `standing.py` says how a submission stands and how late it is, `listing.py` makes the list, `file_pages.py`
has the pages of its files, `shapes.py` the bodies and answers of its JSON.
"""
