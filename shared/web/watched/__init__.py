"""What whoever watches over a process asks it: how it is, and its numbers."""
