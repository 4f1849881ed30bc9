"""Messaging: events between services over Kafka, which carries and keeps nothing. `sending/` brings out what
is settled, `receiving/` takes in what is next, `faust/` is the way in; beside them the envelope, its seal,
the topics and the broker.
"""
