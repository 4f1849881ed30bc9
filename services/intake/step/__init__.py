"""One step: an official records that a plain one was done, with its evidence, or takes the due date of today's calendar over.

Serves SOP steps 1, 2, 3 and 6, and the due date of each. `forms.py` reads the work plan as it was typed.
"""
