"""The audit log: every event of every service, a line each, in one order,
with the Merkle tree over it and the signed checkpoints.

Every SOP step; no official does anything here, everybody's acts are kept. `append.py` takes events in,
`leaf.py` is a line as it is hashed, `tree.py` gives roots and hashes of proofs, `signing.py` signs,
`witness.py` keeps a copy outside the database, `queries.py` reads lines.
"""
