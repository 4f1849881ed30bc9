"""Dispatch: the endorsed report goes to each recipient by an agenda number and a carrier,
and the signed receipt comes back.

SOP step 12. Here the office writes down what it sent, scans the receipt,
and corrects what was written down wrongly. `shapes.py` has the fields that people fill in, for form and JSON.
"""
