"""Events of intake about persons: who they are and which offices they hold, how they sign in, and what
systems of agencies may do for them.

Serves every SOP step. Read and written through `registry.py`, like all events.
"""
