"""Drills: what an attacker could do, done to a Jejak of its own, and whether it was named.

Role: the adversary of what README and pages promise. Run by `jejak drill`, and by the tests.
"""
