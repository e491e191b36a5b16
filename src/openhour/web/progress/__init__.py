"""Does it help: one's caseload, the signals in it, and the course of one treatment."""
