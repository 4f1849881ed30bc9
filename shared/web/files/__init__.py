"""Files of people: on their way in and out, and what kind of file the bytes are."""
