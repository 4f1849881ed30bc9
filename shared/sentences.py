"""Sentences for people that are written where nobody knows yet in which language they will be read.

Role: the mark by which Babel finds them (`shared.web.words.catalogue`); whoever shows them translates them.
"""


def later(sentence: str) -> str:
    """Marks a sentence for the catalogue that is translated only when it is shown."""
    return sentence
