"""How Jejak is put up and tried: the command line, its parts on this machine, the demonstration, the bench.
Knows the services; none of them knows it.
"""
