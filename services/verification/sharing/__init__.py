"""Sharing out: Tim SPM gives the submissions of a cycle to its verifiers, and sees how much each has to do.

SOP step 8. `loads.py` counts the work of each; the queue of `checking` shows who looks after what.
"""
