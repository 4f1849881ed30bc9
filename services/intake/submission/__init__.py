"""The submission of an agency: its officer fills the sheet in, attaches evidence, hands in, attaches the signed form, or takes back.

SOP step 7. The sheet comes in by `typed_rows.py` and `cell_text.py`, is stored cell by cell by `sheet_form.py` and `sheet_saving.py`, and shown by
`sheet.py` and `view.py`.
"""
