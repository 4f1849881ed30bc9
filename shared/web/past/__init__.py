"""Pages as they were: which moment an address names, and how the page says and keeps it."""
