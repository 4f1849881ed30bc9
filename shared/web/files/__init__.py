"""Files of people: on their way in and out, what kind of file the bytes are, and what is to be seen of them
without opening them.
"""
