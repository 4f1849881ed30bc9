"""Kafka for one installation: which one it gets, the jars and Java it needs, and who may do what at it."""
