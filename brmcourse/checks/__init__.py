"""Checks: what an author can get wrong, as rules with names, places and mends."""
