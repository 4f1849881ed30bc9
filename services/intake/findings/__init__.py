"""What the rules find in the figures: what figures are held against, what an agency says to a warning, where
a rule begins to ask, and the findings of the whole region in one list.

Serves SOP steps 7 and 8.
"""
