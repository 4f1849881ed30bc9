"""The sheet: what an officer types into the cells of a submission, how it is stored cell by cell,
and how it is shown again.

SOP step 7. In: `cell_text.py` reads one cell, `typed_rows.py` a row, `form.py` a whole post of the page,
`saving.py` gives the commands and says what was not stored. Out: `rows.py`, for the page and for the digest
that handing in fixes.
"""
