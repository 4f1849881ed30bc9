"""The shelf of a cycle: the Arsiparis files what was made final or received, says where the paper stands,
and closes the cycle.

SOP step 13. `orders.py` builds the commands, `filing.py` puts bytes under lock and seals them,
`retention.toml` says how long each is kept, `downloads.py` hands out archived bytes.
"""
