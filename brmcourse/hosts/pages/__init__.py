"""The course as pages, served by Voila."""
