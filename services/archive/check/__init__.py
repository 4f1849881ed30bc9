"""Comparing the log with itself, with its sources and with the object store:
by fsck at once, and slowly all the time; and what is stuck (*Macet*).

SOP step 13 and every step before it, read by the operator and Inspektorat. Three walks (`log_walk.py`,
`source_walk.py`, `object_walk.py`) find what `differences.py` keeps; `comparing.py` walks for ever, `fsck.py`
once.
"""
