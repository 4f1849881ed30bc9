"""Signing in by OpenID Connect: what providers say, how it is asked for, and whether it is to be believed."""
