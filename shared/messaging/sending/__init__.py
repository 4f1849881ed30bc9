"""Own events on their way out: from the store to the topic, in order,
and those that the broker will not take.
"""
