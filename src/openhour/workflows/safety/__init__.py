"""Answers that must be seen, and what was done."""
