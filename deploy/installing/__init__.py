"""An installation in a folder of its own: settings, seed of the region, secrets and data,
made by `jejak init` and entered by every other command that is given the folder.
"""
