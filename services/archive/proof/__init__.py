"""What somebody takes away who does not trust the archive: proofs of lines, the check of the whole log,
exports, and the verifier that is in them.

Every SOP step, asked by an inspector (Inspektorat). `proofs.py` makes proofs, `export.py` writes folder,
zip and file; `verifier.py` and its parts `verifier_*.py` stand alone and go into each export as one file.
"""
