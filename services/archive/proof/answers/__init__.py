"""The nine questions of an auditor answered from lines of the log, by whoever holds these lines:
the archive on its page, and the verifier offline.

Every SOP step. Parts of the verifier: standard library and `cryptography`, nothing else of Jejak.
"""
