"""`jejak bench`: what Jejak costs, each figure as a ratio to a reference measured in the same run,
on private real parts.
"""
