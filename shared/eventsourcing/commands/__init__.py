"""From a command to its recorded events: the gate, the decider, the bounds,
and the handler that runs them in one transaction.
"""
