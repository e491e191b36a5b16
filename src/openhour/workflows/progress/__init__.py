"""From signal to action: what is noticed about a course of treatment, what somebody does about it, what came of it."""
