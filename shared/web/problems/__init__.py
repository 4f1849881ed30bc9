"""Problems as RFC 9457: what goes wrong said with a stable type, a title, a sentence and the fields to mend.

An event's way, hop 1, back to whoever asked; JSON for programs, a page for people, never a stack trace.
`shape.py` is what a problem is, `fields.py` what a caller has to mend, `stated.py` the problems that always
read the same, `answering.py` which problem an exception is.
"""
