"""PostgreSQL for one installation: the server, the databases on it, and what brings them up to date."""
