"""Tokens: which systems of agencies act here, under whose office and until when; given, renewed and ended by
officials.

Serves every SOP step in which a system says something: it says it by one of these.
"""
