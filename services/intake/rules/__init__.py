"""What the rules about figures ask in a region: from where on a difference asks for a word, and how many
people there are to hold figures against.

Serves SOP steps 7 and 8.
"""
