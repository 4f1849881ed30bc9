"""What figures mean beside each other: rules R04 to R15 of the domain notes, section 10. `thresholds.py` says
where a change becomes worth a word, `grounds.py` what a figure is held against, `alone.py`, `against.py` and
`together.py` find, `judging.py` asks them all. Pure.
"""
