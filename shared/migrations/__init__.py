"""Alembic's side of the kernel: one environment for all services;
each service's versions stand in its own `migrations/`.
"""
