"""Who may what: people and their offices, roles and their permissions, the session of a signed-in person."""
