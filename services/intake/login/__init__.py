"""Who somebody at an identity provider is here: signing in by one, logins that wait to be
joined, own sessions.

Serves every SOP step: nobody does anything before.
"""
