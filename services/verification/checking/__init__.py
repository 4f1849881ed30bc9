"""Checking: a verifier of Tim SPM compares what an agency handed in with last year and with what was decided
before, and approves or returns it.

SOP step 8. `comparison.py` lays the figures side by side, `cell_words.py` says what a cell is called,
`evidence_pages.py` shows evidence without opening it.
"""
