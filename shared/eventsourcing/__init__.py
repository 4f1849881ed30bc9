"""Event sourcing: the store with its append, the feed and the chains of streams. `commands/` decides and
records, `read_models/` keeps what pages show. Knows no service, no broker and no HTTP.
"""
