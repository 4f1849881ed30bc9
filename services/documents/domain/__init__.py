"""The rules of documents: a document, a dispatch, and the report as it follows from approved figures.
Pure.
"""
