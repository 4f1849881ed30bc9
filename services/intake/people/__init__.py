"""Persons and their offices: registered, given, ended, looked up for any day, taken in from a
sheet and handed out as one; and published, so that all
services know within two seconds who may act.

Serves every SOP step, whose executors are persons in offices.
"""
