"""What is the learner's own to do with their answers: take them along, bring them in, forget."""
