"""Replay: the moments of a cycle in their order, and the way from one to the next on whichever page is shown.

Every SOP step. What stands on a page at a moment is no business of this room: `shared/web/past/`.
"""
