"""The life of a figure: all that the log says about one service of one agency, from the first number typed to
the receipt of the printed report.

Every SOP step from 7 on, read by whoever may read the audit trail, each as far as it may see. `story.py` says
what belongs to it and what each event changed; the words are those of the trail.
"""
