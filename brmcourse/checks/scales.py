"""Rules on scales."""
