"""Marks and scores: pure functions, by the conventions of STATISTICS.md. A view only shows what they return."""
