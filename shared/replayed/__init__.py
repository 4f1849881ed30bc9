"""A service replays and compares itself, because a replay certificate was asked for.

Serves every SOP step. Previous hop: archive's `certificate-asked`, which the consumer brings to all services.
Next hop: `replay-compared` of each, which archive puts together. `room.py` gives a room the stream and the
table that it needs, `replaying.py` does the work in a process of its own, beside live work.
"""
