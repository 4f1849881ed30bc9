"""Forms: what was typed, as text and as values, kept when it could not be taken,
and never sent by another site.
"""
