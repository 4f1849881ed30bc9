"""Forgery: attacks on an export, on the databases as a superuser, on the broker and on the object store.

Each attack is tried many times at random places; it counts as caught only where a check says no and names the
place. `trial.py` counts, `exported.py`, `stored.py`, `broker.py` and `objects.py` attack, `run.py` has the
installation on which all of it is done.
"""
