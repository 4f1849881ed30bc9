"""Jejak in containers, built and run for real. Public images cannot be had everywhere, so those of the
engines are made here from the parts that Jejak fetches anyway, under the public names, for tests only.
"""
