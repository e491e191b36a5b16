"""Reports: the practice's, which tells of no one, and a therapist's own."""
