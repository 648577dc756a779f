"""brmcourse: a course on working with difficult business partners."""
