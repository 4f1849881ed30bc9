"""Everything that knows Faust: the app as it was measured, its worker, and its three patches.
No other module imports it.
"""
