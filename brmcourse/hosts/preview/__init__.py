"""A content file in the browser as a learner sees it, kept up to date while its author writes it."""
