"""Local accounts without their pages: what stands as a secret in the database of sessions, how passwords,
codes and passkeys are checked, and how many tries there are.
"""
