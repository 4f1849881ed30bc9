"""Catalogue: the services that SPM asks for, their quality items and their help, version by version, to read.

SOP step 7. `differences.py` says what a version changed; a cycle keeps the version that it was opened under.
"""
