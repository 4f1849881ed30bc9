"""Local accounts, for offices without a sign-on of their own: an official invites, the person sets
password and second factor, two officials recover; and signing in by them.

Serves every SOP step: who signs in acts as that person.
"""
