"""Measured from outside: installations that are started by their own `jejak up`, ours and an earlier version,
and asked through their front door.
"""
