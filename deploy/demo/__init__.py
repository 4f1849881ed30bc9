"""The demonstration: a whole cycle, played through the public API by the people who would."""
