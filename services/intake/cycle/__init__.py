"""The cycle of a year: it is opened after a look at what will happen, listed,
and withdrawn while nothing has been done in it.

Before SOP step 1. `preview.py` asks the rule what would happen;
what an open cycle looks like stands in `board/`.
"""
