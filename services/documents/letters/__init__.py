"""Letters: how a letter becomes a PDF, the same bytes for the same text and date.

SOP steps 4, 9, 10. `letters.toml` says what the office may change; `compose.py` cuts its text,
`report_tables.py` words the figures of the report, `render.py` and `typesetting.py` set the Typst templates
with the fonts that are shipped here.
"""
