"""As it was: every version of every read-model row is kept by the database itself (`past.sql`), and a request
that looks back reads, with the same queries, what stood there at its moment. Sources:
docs/decisions/0052-as-it-was.md.
"""
