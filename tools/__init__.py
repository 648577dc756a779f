"""What builds the course's derived files and installs it."""
