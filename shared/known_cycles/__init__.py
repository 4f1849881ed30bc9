"""Cycles as a service knows them that does not run them: what it keeps of intake's events, and asks of it.

Serves every SOP step from 4 on. Previous hop: `tables.py`, `projections.py` and `queries.py` of documents and
verification, which say what they keep beside it.
"""
