"""Reading the audit trail (*Jejak audit*): the log in the words of the office, searched,
and how late each thing was.

Every SOP step, read by Inspektorat, Tim SPM and OPD, each as far as it may see. `event_words.py` and
`field_values.py` say events and fields, `searching.py` understands a search line, `changed.py` tells
what an event changed, `lateness.py` measures against the due days that the log itself holds.
"""
