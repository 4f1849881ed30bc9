"""What a store must and should do before Jejak calls it WORM: 28 and 11 checks, each with a name and a
sentence, and every way around S3 that a stranger could try.

The names are stable and appear in test ids. `lax_store.py` is a double at which every check fails.
"""
