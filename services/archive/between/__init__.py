"""Between two moments: what of a cycle, its people and its settings differs, told from the lines of the log
that lie between both.

Every SOP step, read by whoever may read the audit trail, each as far as it may see. `differing.py` is pure:
lines in, differences out. The log does not change, so an address means the same for ever.
"""
