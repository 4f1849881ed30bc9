"""Charts as SVG, for pages and for the report: drawn here, once, of plain values and words, with a title and
a description for who does not see them. They need no library: `vl-convert-python` (tried in November 2026) is
25 MB and paints its colours into the picture, where neither dark nor print reaches them.
"""
