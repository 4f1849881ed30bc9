"""Read models: the changes that projections ask for, written beside an append, or made anew by a rebuild."""
