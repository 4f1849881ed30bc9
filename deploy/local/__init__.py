"""An installation on one machine: servers, services and front door as child processes under one folder.
`instance.py` puts them together, `supervision/` keeps them alive.
"""
