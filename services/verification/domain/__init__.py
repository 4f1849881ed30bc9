"""The rules of verification: one submission checked, the round of approvals, the endorsement,
and what differs between two revisions. Pure.
"""
