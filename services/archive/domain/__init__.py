"""The rules of the archive: a cycle file and its items, the proof of the store; the arithmetic of the Merkle
tree and the text of a checkpoint. Pure.
"""
