"""The nine questions of an auditor about a cycle: each answered by one click from lines of the log, and taken
away with its proofs.

Every SOP step, asked by an inspector (Inspektorat, BPK), by Tim SPM and by whoever answers for the cycle.
What follows from lines is decided in `proof/answers/`, which the verifier has too; here they are found, shown
in the words of the trail, and packed.
"""
