"""Diagnoses, goals and objectives."""
