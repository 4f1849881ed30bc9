"""Papers: the SK Tim SPM, the report and its cover letters are drafted, handed over, issued and printed.

SOP steps 4, 5, 9, 10, 11. Here the subkoordinator and Tim SPM fill in what `letters/letters.toml` leaves
open, read the drafts and note what became of them. `drafting.py` makes the file of a draft, `previews.py` its
pictures; `shapes.py` has the fields that people fill in, for form and JSON.
"""
