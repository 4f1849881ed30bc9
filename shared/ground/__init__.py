"""The ground that a process stands on: disks that must take what is written,
a certificate that must be valid.
"""
