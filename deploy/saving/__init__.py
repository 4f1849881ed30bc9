"""Backup and restore of a whole installation (docs/decisions/0037-backup.md)."""
