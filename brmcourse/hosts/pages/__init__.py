"""The course as pages: its notebooks, read and served by one small process of its own."""
