"""Verbs of the end of treatment."""
