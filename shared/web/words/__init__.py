"""What people read: both languages, dates and numbers, and the words of fields, figures,
steps and lateness, each once for all services.
"""
