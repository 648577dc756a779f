"""Rendering: one set of templates turns any state into HTML."""
