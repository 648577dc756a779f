"""Rules on coverage."""
