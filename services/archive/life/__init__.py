"""The life of a figure: all that the log says about one service of one agency, from the first number typed to
the receipt of the printed report.

Every SOP step from 7 on, read by whoever answers for figures or looks into them, each as far as it may see:
an agency those of its own. `story.py` says
what belongs to it and what each event changed; the words are those of the trail.
"""
