"""Mutation testing: is there a test for every decision that a rule takes? `make mutants`, docs/testing.md."""
