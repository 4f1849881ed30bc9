"""The rules of intake: a cycle, its steps, a submission, an agency, the calendar. Pure."""
