"""What is stored, read again: events, read models made of them anew, and rows as they were."""
