"""The kernel: what all services use. Which part stands on which is held by import contracts."""
