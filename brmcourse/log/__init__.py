"""The learner's log: what it promises, and where it is kept."""
