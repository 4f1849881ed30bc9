"""Endorsing: who had no hand in the report reads it,
and endorses exactly that file or refuses it with a reason.

SOP step 10.
"""
