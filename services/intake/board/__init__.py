"""The board: everybody sees whose turn it is, what is late and why, and what happened;
home lists what waits for the person who looks.

Serves every SOP step. `board.py` has a row for each step, `tasks.py` who must act next, `task_words.py` how
that reads, `agency_table.py` the agencies on home, `chart.py` plan and reality over time, `newer_calendar.py`
the due dates that rest on an older calendar, `achievement.py` what the figures
reach beside last year's, `achievement_charts.py` the same as bars, `measured.py` counts the steps of regions
for the metrics.
"""
