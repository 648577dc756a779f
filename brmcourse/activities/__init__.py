"""Activities: pure state machines over the learner's log."""
