"""What people read: both languages, dates and numbers, and the words of figures, steps and lateness."""
