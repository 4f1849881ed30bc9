"""The replay certificate: asked for by a person or by the schedule, answered by every service, signed, and
filed under lock.

SOP step 13, and every step before it. `orders.py` builds what a person asks, `issuing.py` asks by the
schedule and issues what all services have answered, `paper.py` writes the file that `jejak verify` checks.
"""
