"""Marks and scores: pure functions, by the conventions of STATISTICS.md; views only show them."""
