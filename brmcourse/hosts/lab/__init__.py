"""JupyterLab in course mode."""
