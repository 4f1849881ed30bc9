"""Queue: what waits for Tim SPM, with what the rules found in it by level, and the approval of several
submissions about which nothing is open.

SOP step 8. `found.py` counts the findings of each revision once in a process; `ready.py` says by them what
may be approved several at once.
"""
