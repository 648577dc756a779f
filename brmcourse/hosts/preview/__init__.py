"""A content file in the browser as learners see it, kept up to date while it is written."""
