"""The published contracts: JSON schemas and AsyncAPI, written from the
declarations in `shared/contracts` and held by a test.
"""
