"""Hosts: where the course meets Jupyter, the browser and the machine."""
