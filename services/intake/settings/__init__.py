"""What holds for all cycles: which agencies there are, which services each answers for,
and the working calendar with its overrides.

Serves SOP steps 6 and 7, which ask who must hand in what, and every due date.
"""
