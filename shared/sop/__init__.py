"""The SOPs, one TOML file a version: steps by key, how long each takes, what completes it; with the working
calendar, due dates and the kinds of documents. Pure.
"""
