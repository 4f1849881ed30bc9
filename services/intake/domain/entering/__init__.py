"""Who comes in without a local account: a person whom an identity provider knows, and an agency's system by
its token.
"""
