"""Foreign events on their way in: taken once, compared with their sources,
parked where they cannot be taken.
"""
