"""Rules on conversations."""
